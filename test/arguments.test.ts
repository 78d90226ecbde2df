/** The command line, as every start of the program reads it. */
import { describe, expect, it } from 'vitest';
import { readArguments } from '#main/arguments.ts';

describe('the command line', () => {
  it('gives a configuration file and what overrides it, in any order', () => {
    const told = readArguments(['--data', 'here', 'clinic.json', '--dicom-port=0', '--http-port', '8043']);
    expect(told).toMatchObject({
      help: false,
      file: 'clinic.json',
      overrides: { data: 'here', dicomPort: 0, httpPort: 8043 },
      unknown: [],
    });
    expect(readArguments([])).toMatchObject({ file: undefined, overrides: { data: undefined }, help: false });
    expect(readArguments(['-h']).help).toBe(true);
  });

  it('knows the options of its caller and names all others', () => {
    const args = ['--origin', 'http://a', '--origin=http://b', '--dicom-prot', '--no-sandbox'];
    expect(readArguments(args, ['origin'])).toMatchObject({
      more: { origin: ['http://a', 'http://b'] },
      unknown: ['--dicom-prot', '--no-sandbox'],
    });
    expect(readArguments(['--window', '--x'], []).unknown).toEqual(['--window', '--x']);
  });

  it('says what is missing or too much', () => {
    expect(() => readArguments(['--data'])).toThrow('--data needs a value');
    expect(() => readArguments(['--dicom-port', '--http-port', '1'])).toThrow('--dicom-port needs a value');
    expect(() => readArguments(['one.json', 'two.json'])).toThrow('two.json');
    expect(readArguments(['--dicom-port', 'x']).overrides.dicomPort).toBeNaN();
  });
});
