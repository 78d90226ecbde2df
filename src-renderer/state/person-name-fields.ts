/** Person names (PN, PS3.5 6.2.1) taken apart into form fields and put together again, losing nothing that the form does not show. */

/** The two parts that people type. */
export interface NameFields {
  readonly family: string;
  readonly given: string;
}

const components = (value: string): readonly string[] => (value.split('=')[0] ?? '').split('^');
/** The characters that structure a PN cannot be part of one. */
const plain = (text: string) =>
  text
    .replaceAll(/[\^=\\]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Family and given name of the first group. */
export function nameFields(value: string): NameFields {
  const [family = '', given = ''] = components(value);
  return { family: family.trim(), given: given.trim() };
}

/** The name with these two parts; middle name, prefix, suffix and other groups stay as they were in `former`. */
export function withNameFields(former: string, fields: NameFields): string {
  const before = nameFields(former);
  const [family, given] = [plain(fields.family), plain(fields.given)];
  if (family === before.family && given === before.given) return former;
  const [, , ...rest] = components(former);
  const first = [family, given, ...rest].join('^').replace(/\^+$/, '');
  return [first, ...former.split('=').slice(1)].join('=');
}

/** A name in one field: `Family, Given`. */
export function typedName(value: string): string {
  const { family, given } = nameFields(value);
  return [family, given].filter(Boolean).join(', ');
}

/** The name that was typed as `Family, Given` in one field. */
export function nameOfTyped(former: string, typed: string): string {
  const [family = '', ...given] = typed.split(',');
  return withNameFields(former, { family, given: given.join(' ') });
}
