/** Tags as the eight hexadecimal digits by which data sets are keyed. */

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
const names = new Map<number, string>();
const bound = 16_384;

/** The name of a tag given as group * 65536 + element; names in use are remembered, since making them is slow. */
export function tagName(tag: number): string {
  const known = names.get(tag);
  if (known !== undefined) return known;
  const name = `${hex[tag >>> 24]}${hex[(tag >>> 16) & 255]}${hex[(tag >>> 8) & 255]}${hex[tag & 255]}`;
  if (names.size >= bound) names.clear();
  names.set(tag, name);
  return name;
}
