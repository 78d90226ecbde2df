/** Person names (PN, PS3.5 6.2.1) as people write them. */

/** A name for the screen. */
export interface ReadableName {
  /** `Family, Prefix Given Middle Suffix` of the first group that has a name. */
  readonly main: string;
  /** The ideographic group, where it is not the main one. */
  readonly ideographic: string;
}

function readableGroup(group: string): string {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = group.split('^').map((part) => part.trim());
  const rest = [prefix, given, middle, suffix].filter(Boolean).join(' ');
  return [family, rest].filter(Boolean).join(', ');
}

/** Scripts that are written without a comma: family and given name stand side by side. */
const readableIdeographic = (group: string): string =>
  group
    .split('^')
    .map((part) => part.trim())
    .filter(Boolean)
    .join(' ');

/** Splits a PN into what is shown; both texts are empty for an absent name. */
export function readableName(value: string | undefined): ReadableName {
  const [alphabetic = '', ideographic = '', phonetic = ''] = (value ?? '').split('\\')[0]?.split('=') ?? [];
  const main = readableGroup(alphabetic);
  if (main) return { main, ideographic: readableIdeographic(ideographic) };
  return { main: readableIdeographic(ideographic) || readableIdeographic(phonetic), ideographic: '' };
}

/** Text for a tooltip or a screen reader, where directional controls could not be isolated and so are left out. */
export const withoutControls = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
