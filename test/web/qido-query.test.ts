/** QIDO-RS parameters become one Query. */
import { describe, expect, test } from 'vitest';
import { maximumRows, parseQido } from '#main/web/qido-query.ts';

const parse = (text: string, level: 'STUDY' | 'SERIES' | 'IMAGE' = 'STUDY') =>
  parseQido(level, new URLSearchParams(text), {}, false);

describe('qido parameters', () => {
  test('keys by keyword and by tag, wildcards, ranges, lists', () => {
    const { query } = parse(
      'PatientName=M%C3%BCller*&00100020=42&StudyDate=20240101-20241231&StudyInstanceUID=1.2,1.3&AccessionNumber=',
    );
    expect(query.keys).toEqual({
      PatientName: { kind: 'wildcard', pattern: 'Müller*' },
      PatientID: { kind: 'single', value: '42' },
      StudyDate: { kind: 'range', from: '20240101', to: '20241231' },
      StudyInstanceUID: { kind: 'list', values: ['1.2', '1.3'] },
    });
  });

  test('UID lists by backslash and by repetition, code lists by comma', () => {
    expect(parse('StudyInstanceUID=1.2%5C1.3').query.keys.StudyInstanceUID).toEqual({
      kind: 'list',
      values: ['1.2', '1.3'],
    });
    expect(parse('0020000D=1.2&0020000D=1.3').query.keys.StudyInstanceUID).toEqual({
      kind: 'list',
      values: ['1.2', '1.3'],
    });
    expect(parse('ModalitiesInStudy=CT,MR').query.keys.ModalitiesInStudy).toEqual({
      kind: 'list',
      values: ['CT', 'MR'],
    });
  });

  test('fuzzy matching is for person names', () => {
    const { query } = parse('PatientName=muller*&StudyDescription=knee&fuzzymatching=true');
    expect(query.keys.PatientName).toEqual({ kind: 'fuzzy', words: 'muller ' });
    expect(query.keys.StudyDescription).toEqual({ kind: 'single', value: 'knee' });
  });

  test('limit, offset, order and their bounds', () => {
    const { query } = parse('limit=10&offset=20&orderby=-StudyDate,00100010');
    expect(query).toMatchObject({ limit: 10, offset: 20 });
    expect(query.order).toEqual([
      { key: 'StudyDate', descending: true },
      { key: 'PatientName', descending: false },
    ]);
    expect(parse('limit=999999').query.limit).toBe(maximumRows);
    expect(parse('').query).toMatchObject({ limit: maximumRows, offset: 0 });
  });

  test('includefield by name, tag, list and all; what is not known is told', () => {
    const { include, warnings } = parse(
      'includefield=PatientComments,00081080&includefield=00101010&includefield=Rows',
    );
    expect(include).toEqual(new Set(['PatientComments', 'PatientAge']));
    expect(warnings).toEqual(['These includefield attributes are not returned: 00081080 Rows']);
    expect(parse('includefield=all').include).toBe('all');
    expect(parse('emptyvaluematching=true').warnings).toEqual(['The parameter emptyvaluematching is not supported']);
  });

  test('UIDs of the path stand above keys', () => {
    const { query } = parseQido(
      'SERIES',
      new URLSearchParams('StudyInstanceUID=9.9&Modality=CT'),
      { StudyInstanceUID: '1.2' },
      true,
    );
    expect(query.keys.StudyInstanceUID).toEqual({ kind: 'single', value: '1.2' });
    expect(query.caseSensitive).toBe(true);
  });

  test.each([
    'NoSuchKey=1',
    '00091001=1',
    'RequestAttributesSequence.ScheduledProcedureStepID=1',
    'SeriesNumber=1',
    'limit=abc',
    'limit=-1',
    'offset=1.5',
    'fuzzymatching=yes',
    'PatientID=1&PatientID=2',
    'orderby=Nothing',
    '__proto__=1',
    'constructor=1',
  ])('%s is refused with a sentence', (text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'bad-request', message: expect.stringMatching(/\.$/) }),
    );
  });

  test('a lower level has the keys above it', () => {
    expect(parse('SeriesNumber=1&PatientID=2', 'SERIES').query.keys).toEqual({
      SeriesNumber: { kind: 'single', value: '1' },
      PatientID: { kind: 'single', value: '2' },
    });
  });
});
