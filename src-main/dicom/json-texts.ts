/** Values of the DICOM JSON Model as the texts that a data set has, PS3.18 F.2. */
import { PacsError } from '#shared/errors.ts';

const groups = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

const wrong = (vr: string): PacsError => new PacsError('bad-request', `A value of type ${vr} is not of its form.`);

/** A name from its component groups; a plain text is taken as it is. */
function personName(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') throw wrong('PN');
  const parts = groups.map((group) => (value as Record<string, unknown>)[group] ?? '');
  if (!parts.every((part) => typeof part === 'string')) throw wrong('PN');
  return parts.join('=').replace(/=+$/, '');
}

/** A decimal of at most 16 characters, PS3.5 6.2: the nearest that they hold. */
function decimalString(number: number): string {
  for (let digits = 17; digits > 1; digits--) {
    const rounded = Number(number.toPrecision(digits));
    const text = [String(rounded), rounded.toExponential()].find(({ length }) => length <= 16);
    if (text !== undefined) return text;
  }
  return number.toExponential(0);
}

function textOf(vr: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (vr === 'PN') return personName(value);
  if (typeof value === 'string') return value;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(vr);
  return vr === 'DS' ? decimalString(value) : String(value);
}

/** The text of each value. @throws PacsError bad-request for a value that is of no form that the VR has */
export const jsonTexts = (vr: string, values: readonly unknown[]): string[] => values.map((value) => textOf(vr, value));
