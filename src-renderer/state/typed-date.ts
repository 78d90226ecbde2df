/** Dates as people type them, turned into a DICOM date or date range (PS3.4 C.2.2.2.5). */
import { addDays, dicomDay } from './dicom-day.ts';

/** How the parts of 03/04/2026 are meant. */
export type SlashOrder = 'day first' | 'month first';

const daysBefore = (today: Date, days: number): string => addDays(dicomDay(today), -days);

/** First and last day of what the numbers name: a day, a month, or a year; undefined when there is no such day. */
function span(year: number, month?: number, day?: number): readonly [string, string] | undefined {
  if (year < 1800 || year > 2999) return undefined;
  const first = new Date(year, (month ?? 1) - 1, day ?? 1);
  if (month !== undefined && first.getMonth() !== month - 1) return undefined;
  if (day !== undefined && first.getDate() !== day) return undefined;
  const last = new Date(year, month ?? 12, 0);
  return [dicomDay(first), dicomDay(day === undefined ? last : first)];
}

const shapes: readonly (readonly [RegExp, (order: SlashOrder) => string])[] = [
  [/^(\d{4})$/, () => 'y'],
  [/^(\d{4})(\d{2})$/, () => 'ym'],
  [/^(\d{4})(\d{2})(\d{2})$/, () => 'ymd'],
  [/^(\d{4})-(\d{1,2})$/, () => 'ym'],
  [/^(\d{4})-(\d{1,2})-(\d{1,2})$/, () => 'ymd'],
  [/^(\d{1,2})[./](\d{4})$/, () => 'my'],
  [/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, () => 'dmy'],
  [/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, (order) => (order === 'day first' ? 'dmy' : 'mdy')],
];

function spanOf(text: string, today: Date, order: SlashOrder): readonly [string, string] | undefined {
  const word = text.toLowerCase();
  if (word === 'today' || word === 'heute') return [dicomDay(today), dicomDay(today)];
  if (word === 'yesterday' || word === 'gestern') return [daysBefore(today, 1), daysBefore(today, 1)];
  for (const [shape, meaning] of shapes) {
    const found = shape.exec(text);
    if (!found) continue;
    const parts = Object.fromEntries([...meaning(order)].map((part, index) => [part, Number(found[index + 1])]));
    return span(parts['y'] ?? 0, parts['m'], parts['d']);
  }
  return undefined;
}

/** Where a range is split: a dash with space around it, an en dash, two dots, or a dash at either end. */
const rangeSign = /\s+-\s+|\s*(?:–|\.{2,})\s*|^-\s*|\s*-$/;

/**
 * The DICOM value of a typed date: `YYYYMMDD`, `YYYYMMDD-YYYYMMDD`, or a range open at one end. A month or a year is a
 * range. Answers '' for nothing typed and undefined for what is no date.
 */
export function typedDate(typed: string, today: Date, order: SlashOrder): string | undefined {
  const text = typed.trim();
  if (text === '') return '';
  const plainRange = /^(\d{8}|\d{4})-(\d{8}|\d{4})$/.exec(text);
  const parts = plainRange ? plainRange.slice(1, 3) : text.split(rangeSign);
  if (parts.length > 2 || parts.every((part) => part === '')) return undefined;
  const spans = parts.map((part) => (part === '' ? undefined : spanOf(part, today, order)));
  if (spans.some((found, index) => !found && parts[index] !== '')) return undefined;
  const [from, to] = [spans[0]?.[0] ?? '', spans.at(-1)?.[1] ?? ''];
  return from === to ? from : `${from}-${to}`;
}

/** The DICOM range of the last `days` days, today included. */
export const lastDays = (days: number, today: Date): string =>
  days === 1 ? dicomDay(today) : `${daysBefore(today, days - 1)}-${dicomDay(today)}`;

/** How a locale writes dates with slashes. */
export function slashOrder(locale: string): SlashOrder {
  const parts = new Intl.DateTimeFormat(locale).formatToParts(new Date(2026, 10, 25)).map((part) => part.type);
  return parts.indexOf('month') < parts.indexOf('day') && parts.indexOf('year') > 0 ? 'month first' : 'day first';
}
