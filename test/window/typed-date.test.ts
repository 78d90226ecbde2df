/** Dates as people type them. */
import { describe, expect, it } from 'vitest';
import { lastDays, slashOrder, typedDate } from '#window/state/typed-date.ts';

const today = new Date(2026, 2, 1);
const value = (typed: string) => typedDate(typed, today, 'day first');

describe('a typed date', () => {
  it.each([
    ['', ''],
    ['20260301', '20260301'],
    ['2026-03-01', '20260301'],
    ['1.3.2026', '20260301'],
    ['01.03.2026', '20260301'],
    ['01/03/2026', '20260301'],
    ['2026', '20260101-20261231'],
    ['2024-02', '20240201-20240229'],
    ['03.2026', '20260301-20260331'],
    ['today', '20260301'],
    ['gestern', '20260228'],
    ['20260101-20260201', '20260101-20260201'],
    ['1.1.2026 - 1.2.2026', '20260101-20260201'],
    ['2024-2025', '20240101-20251231'],
    ['2024..2025', '20240101-20251231'],
    ['2024 – 2025', '20240101-20251231'],
    ['1.3.2026 -', '20260301-'],
    ['-2020', '-20201231'],
  ])('%s is %s', (typed, dicom) => expect(value(typed)).toBe(dicom));

  it.each(['soon', '31.02.2026', '2026-13', '99', '1.1.26', '-', '1.1.2026 - soon', '20260230'])(
    '%s is none',
    (typed) => expect(value(typed)).toBeUndefined(),
  );

  it('reads slashes as the locale writes them', () => {
    expect(typedDate('03/04/2026', today, slashOrder('en-US'))).toBe('20260304');
    expect(typedDate('03/04/2026', today, slashOrder('en-GB'))).toBe('20260403');
  });

  it('counts back over the end of a month', () => {
    expect(lastDays(1, today)).toBe('20260301');
    expect(lastDays(7, today)).toBe('20260223-20260301');
  });
});
