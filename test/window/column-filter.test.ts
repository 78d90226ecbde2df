/** What is typed over a column, and what the archive is asked. */
import { describe, expect, it } from 'vitest';
import { columnFilter } from '#window/state/column-filter.ts';

const value = (...[keyword, typed]: [Parameters<typeof columnFilter>[0], string]) =>
  columnFilter(keyword, typed, new Date(2026, 2, 1), 'day first');

describe('a column filter', () => {
  it('looks for words anywhere in a text, across the parts of a name', () => {
    expect(value('PatientName', 'Müller, Anna')).toBe('*Müller*Anna*');
    expect(value('StudyDescription', ' jaw ')).toBe('*jaw*');
  });
  it('cannot be made a list by a backslash', () => expect(value('PatientID', 'a\\b')).toBe('*a*b*'));
  it('leaves wildcards alone that were typed', () => expect(value('PatientID', 'A?1*')).toBe('A?1*'));
  it('takes the beginning of a code', () => expect(value('ModalitiesInStudy', 'c')).toBe('C*'));
  it('reads dates', () => expect(value('PatientBirthDate', '1966')).toBe('19660101-19661231'));
  it('is none for nothing, and undefined for what is no date', () => {
    expect(value('PatientName', '  ')).toBe('');
    expect(value('StudyDate', 'soon')).toBeUndefined();
  });
});
