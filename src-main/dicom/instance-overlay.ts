/** The texts beside an image that the series and study do not tell: where on the body, and how it was taken. */
import type { Header } from './data-set.ts';
import { groupOrTop } from './pixel-groups.ts';
import { number, text } from './values.ts';

/** Keyword, tag, and the unit where the value is a number, in the order of display. */
const rows: readonly (readonly [keyword: string, tag: string, unit?: string])[] = [
  ['BodyPartExamined', '00180015'],
  ['Laterality', '00200060'],
  ['ImageLaterality', '00200062'],
  ['ViewPosition', '00185101'],
  ['SliceLocation', '00201041', 'mm'],
  ['KVP', '00180060', 'kV'],
  ['XRayTubeCurrent', '00181151', 'mA'],
  ['ExposureTime', '00181150', 'ms'],
  ['TransducerFrequency', '00186030', 'kHz'],
  ['HeartRate', '00181088', '/min'],
];

/** Texts by keyword, ready to be shown, numbers with their unit; only those that have a value. */
export function overlayTexts(header: Header): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [keyword, tag, unit] of rows) {
    const value = unit ? measured(number(header, tag), unit) : text(header, tag);
    if (value) found[keyword] = value.replaceAll('\\', ' ');
  }
  const thickness = measured(number(groupOrTop(header, '00289110', 0), '00180050'), 'mm');
  return thickness ? { ...found, SliceThickness: thickness } : found;
}

const measured = (value: number | undefined, unit: string): string | undefined =>
  value === undefined ? undefined : `${Number(value.toPrecision(6))} ${unit}`;
