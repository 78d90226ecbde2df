/** Days as DICOM writes them (DA, `YYYYMMDD`, PS3.5 6.2): today, counting on, weeks, and the form that date pickers take. */

const two = (value: number) => String(value).padStart(2, '0');

/** The day of a moment in this computer's time zone. */
export const dicomDay = (date: Date): string =>
  `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;

/** Noon of a day, so that a change to or from summer time stays within it. */
const noonOf = (day: string): Date =>
  new Date(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)), 12);

/** The day so many days later, or earlier where `days` is negative. */
export function addDays(day: string, days: number): string {
  const date = noonOf(day);
  date.setDate(date.getDate() + days);
  return dicomDay(date);
}

/** Monday and Sunday of the week of a day. */
export function weekOf(day: string): readonly [string, string] {
  const monday = addDays(day, -((noonOf(day).getDay() + 6) % 7));
  return [monday, addDays(monday, 6)];
}

/** `YYYY-MM-DD`, as date pickers take it; null for ''. */
export const isoDay = (day: string): string | null =>
  /^\d{8}$/.test(day) ? `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}` : null;

/** The DICOM day of what a date picker gives; '' for nothing. */
export const dayOfIso = (iso: string | null): string => (iso ?? '').slice(0, 10).replaceAll('-', '');
