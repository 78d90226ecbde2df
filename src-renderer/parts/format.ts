/** Dates, numbers and sizes for people, from what DICOM and the core write. */

/** One locale's way to write values; '' for what is absent, the raw text for what cannot be read. */
export interface Format {
  readonly locale: string;
  /** DICOM DA, PS3.5 6.2. */
  date(value: string | undefined): string;
  /** DICOM DA with its weekday, short: `Mon, 23 Nov 2026`. */
  day(value: string): string;
  /** DICOM TM to the minute. */
  time(value: string | undefined): string;
  /** How long ago an ISO 8601 instant was, short. */
  ago(instant: string | undefined, now: number): string;
  /** An ISO 8601 instant, date and time. */
  instant(value: string | undefined): string;
  /** The time of day of an ISO 8601 instant, to the second. */
  clock(value: string | undefined): string;
  number(value: number | string | undefined): string;
  bytes(value: number): string;
}

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

interface Relative {
  readonly past: Intl.RelativeTimeFormat;
  readonly now: string;
}

const relativeOf = (locale: string): Relative => ({
  past: new Intl.RelativeTimeFormat(locale, { style: 'short' }),
  now: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(0, 'second'),
});

function ago(relative: Relative, instant: string, now: number): string {
  const seconds = Math.round((now - Date.parse(instant)) / 1000);
  if (Number.isNaN(seconds)) return '';
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? (['second', 1] as const);
  // Within the first minute the exact second would only be restless.
  return unit === 'second' ? relative.now : relative.past.format(-Math.floor(seconds / length), unit);
}

function dicomDate(value: string): Date | undefined {
  const found = /^(\d{4})[.]?(\d{2})[.]?(\d{2})$/.exec(value.trim());
  if (!found) return undefined;
  const date = new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
  return date.getDate() === Number(found[3]) ? date : undefined;
}

const byteUnits = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

function bytes(locale: string, value: number): string {
  const power = Math.min(Math.max(Math.floor(Math.log10(Math.max(value, 1)) / 3), 1), byteUnits.length);
  const unit = byteUnits[power - 1] ?? 'kilobyte';
  const maximumFractionDigits = value / 1000 ** power < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits }).format(value / 1000 ** power);
}

/** The formats of a locale (BCP 47). */
export function createFormat(locale: string): Format {
  const date = new Intl.DateTimeFormat(locale, { year: 'numeric', month: '2-digit', day: '2-digit' });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const both = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const weekday = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const number = new Intl.NumberFormat(locale);
  const relative = relativeOf(locale);
  return {
    locale,
    date: (value = '') => {
      const day = dicomDate(value);
      return day ? date.format(day) : value;
    },
    day: (value) => {
      const day = dicomDate(value);
      return day ? weekday.format(day) : value;
    },
    time: (value = '') => {
      const found = /^(\d{2}):?(\d{2})/.exec(value);
      return found ? time.format(new Date(2000, 0, 1, Number(found[1]), Number(found[2]))) : value;
    },
    ago: (instant, now) => (instant ? ago(relative, instant, now) : ''),
    instant: (value) => (value ? both.format(new Date(value)) : ''),
    clock: (value) => (value ? clock.format(new Date(value)) : ''),
    number: (value) => (value === undefined || value === '' ? '' : number.format(Number(value))),
    bytes: (value) => bytes(locale, value),
  };
}
