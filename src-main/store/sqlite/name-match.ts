/** Matches a person name by component group and component, PS3.4 C.2.2.2.4. */
import { fold } from '#shared/query.ts';

/**
 * True where a name (several apart by `\`) fits a pattern with `*` and `?`. A pattern with `=` is compared group by group,
 * empty groups fitting all; one without fits any group. Empty components at the end do not count: `Doe^*` fits `Doe`, too.
 */
export function matchesName(name: string, pattern: string, caseSensitive: boolean): boolean {
  const wanted = pattern.split('=').map((group) => formsOf(group, caseSensitive));
  return name.split('\\').some((one) => {
    const groups = one.split('=').map((group) => plainGroup(group, caseSensitive));
    if (wanted.length > 1) return wanted.every((forms, at) => fits(forms, groups[at] ?? ''));
    return groups.some((group) => group !== '' && fits(wanted[0] ?? [], group));
  });
}

/* No form: everything fits. */
const fits = (forms: readonly string[], text: string): boolean =>
  forms.length === 0 || forms.some((form) => fitsWildcard(text, form));

const cache = new Map<string, readonly string[]>();

function formsOf(group: string, caseSensitive: boolean): readonly string[] {
  const key = `${caseSensitive} ${group}`;
  const known = cache.get(key);
  if (known) return known;
  if (cache.size > 1000) cache.clear();
  const forms = makeForms(group, caseSensitive);
  cache.set(key, forms);
  return forms;
}

function makeForms(group: string, caseSensitive: boolean): readonly string[] {
  const trimmed = group.trim();
  if (/^[*^]*$/.test(trimmed)) return [];
  const open = trimmed.replace(/(\^\**)+$/, '');
  const base = components(open, caseSensitive);
  return trimmed.slice(open.length).includes('*') ? [base, `${base}^*`] : [base];
}

const plainGroup = (group: string, caseSensitive: boolean): string =>
  components(group, caseSensitive).replace(/\^+$/, '');

const components = (group: string, caseSensitive: boolean): string =>
  group
    .split('^')
    .map((part) => (caseSensitive ? part.normalize('NFC').trim() : fold(part)))
    .join('^');

/* True where all of the text fits; goes back to the last `*` only, so that no pattern takes longer than the product of both lengths. */
function fitsWildcard(whole: string, form: string): boolean {
  const [text, pattern] = [[...whole], [...form]];
  let [at, sign, star, from] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[sign] === '*') [star, from] = [sign++, at];
    else if (pattern[sign] === '?' || pattern[sign] === text[at]) [at, sign] = [at + 1, sign + 1];
    else if (star >= 0) [at, sign] = [++from, star + 1];
    else return false;
  }
  return pattern.slice(sign).every((one) => one === '*');
}
