/** Names, dates and sizes for people. */
import { describe, expect, it } from 'vitest';
import { createFormat } from '#window/parts/format.ts';
import { readableName, withoutControls } from '#window/parts/readable-name.ts';

describe('a person name', () => {
  it.each([
    ['Müller^Anna', 'Müller, Anna', ''],
    ['Müller^Anna^Maria^Dr.^Jr.', 'Müller, Dr. Anna Maria Jr.', ''],
    ['Yamada^Tarou=山田^太郎=やまだ^たろう', 'Yamada, Tarou', '山田 太郎'],
    ['=山田^太郎', '山田 太郎', ''],
    ['Anna Müller', 'Anna Müller', ''],
    ['^Anna', 'Anna', ''],
    ['^^^^', '', ''],
  ])('%s', (value, main, ideographic) => expect(readableName(value)).toEqual({ main, ideographic }));
  it('may be absent', () => expect(readableName(undefined).main).toBe(''));
  it('loses directional controls where they cannot be isolated', () =>
    expect(withoutControls('a\u202eb\u0007')).toBe('ab'));
});

describe('a format', () => {
  const german = createFormat('de-DE');
  const now = Date.parse('2026-03-01T12:00:00Z');
  it('writes dates, and leaves alone what is none', () => {
    expect(german.date('20260301')).toBe('01.03.2026');
    expect(german.date('2026.03.01')).toBe('01.03.2026');
    expect(createFormat('en-US').date('20260301')).toBe('03/01/2026');
    expect(german.date('20260231')).toBe('20260231');
    expect(german.date('unknown')).toBe('unknown');
    expect(german.date(undefined)).toBe('');
  });
  it('writes times to the minute', () => expect(german.time('140507.123')).toBe('14:05'));
  it('says how long ago', () => {
    expect(german.ago('2026-03-01T11:59:30Z', now)).toBe('jetzt');
    expect(german.ago('2026-03-01T10:00:00Z', now)).toBe('vor 2 Std.');
    expect(createFormat('en').ago('2026-02-27T12:00:00Z', now)).toBe('2 days ago');
    expect(german.ago(undefined, now)).toBe('');
  });
  it('writes sizes', () => expect(german.bytes(312e9)).toMatch(/^312\sGB$/));
});
