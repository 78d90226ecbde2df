/** What a person types over a column, turned into what the archive is asked. */
import { findAttribute } from '#shared/attributes.ts';
import type { IndexedKeyword } from '#shared/attributes.ts';
import { typedDate } from './typed-date.ts';
import type { SlashOrder } from './typed-date.ts';

const hasWildcard = (text: string) => /[*?]/.test(text);

/** Words in the order typed, anything between and around them; backslash would mean a list and is not typed in names. */
function contains(text: string): string {
  const words = text.split(/[\s,^=\\]+/).filter(Boolean);
  return words.length === 0 ? '' : `*${words.join('*')}*`;
}

/**
 * The filter value for `studies.list`: dates as DICOM dates or ranges, codes as a prefix in capitals, text as
 * contained words; wildcards that were typed are left alone. '' means no filter, undefined that it cannot be understood.
 */
export function columnFilter(
  keyword: IndexedKeyword,
  typed: string,
  today: Date,
  order: SlashOrder,
): string | undefined {
  const text = typed.trim();
  const vr = findAttribute(keyword)?.vr;
  if (vr === 'DA') return typedDate(text, today, order);
  if (hasWildcard(text)) return text;
  if (vr === 'CS') return text === '' ? '' : `${text.toUpperCase()}*`;
  return contains(text);
}
