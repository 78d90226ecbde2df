/** Values of the DICOM JSON Model as bytes: numbers of binary VRs and InlineBinary, PS3.18 F.2. */
import { PacsError } from '#shared/errors.ts';

type Write = (view: DataView, at: number, value: number | bigint, littleEndian: boolean) => void;

interface NumberVR {
  readonly size: number;
  readonly min?: number | bigint;
  readonly max?: number | bigint;
  readonly write: Write;
}

const numberVRs: Readonly<Record<string, NumberVR>> = {
  US: { size: 2, min: 0, max: 0xffff, write: (view, at, value, little) => view.setUint16(at, Number(value), little) },
  SS: {
    size: 2,
    min: -0x8000,
    max: 0x7fff,
    write: (view, at, value, little) => view.setInt16(at, Number(value), little),
  },
  UL: {
    size: 4,
    min: 0,
    max: 0xffff_ffff,
    write: (view, at, value, little) => view.setUint32(at, Number(value), little),
  },
  SL: {
    size: 4,
    min: -0x8000_0000,
    max: 0x7fff_ffff,
    write: (view, at, value, little) => view.setInt32(at, Number(value), little),
  },
  FL: { size: 4, write: (view, at, value, little) => view.setFloat32(at, Number(value), little) },
  FD: { size: 8, write: (view, at, value, little) => view.setFloat64(at, Number(value), little) },
  UV: {
    size: 8,
    min: 0n,
    max: 2n ** 64n - 1n,
    write: (view, at, value, little) => view.setBigUint64(at, BigInt(value), little),
  },
  SV: {
    size: 8,
    min: -(2n ** 63n),
    max: 2n ** 63n - 1n,
    write: (view, at, value, little) => view.setBigInt64(at, BigInt(value), little),
  },
};

const wrong = (vr: string): PacsError => new PacsError('bad-request', `A value of type ${vr} is not of its form.`);

const named: Readonly<Record<string, number>> = {
  NaN,
  Infinity,
  '-Infinity': -Infinity,
  inf: Infinity,
  '-inf': -Infinity,
};

function numberOf(vr: string, value: unknown, { min, max }: NumberVR): number | bigint {
  if (min === undefined) {
    const number = typeof value === 'number' ? value : (named[String(value)] ?? Number(value || undefined));
    if (Number.isNaN(number) && value !== 'NaN') throw wrong(vr);
    return number;
  }
  if (typeof value !== 'number' && !(typeof value === 'string' && /^-?\d{1,20}$/.test(value))) throw wrong(vr);
  if (typeof value === 'number' && !Number.isInteger(value)) throw wrong(vr);
  const number = BigInt(value);
  if (number < min || number > max!) throw wrong(vr);
  return number;
}

function tagBytes(values: readonly unknown[], littleEndian: boolean): Buffer {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) => {
    if (typeof value !== 'string' || !/^[0-9A-Fa-f]{8}$/.test(value)) throw wrong('AT');
    bytes.setUint16(index * 4, Number.parseInt(value.slice(0, 4), 16), littleEndian);
    bytes.setUint16(index * 4 + 2, Number.parseInt(value.slice(4), 16), littleEndian);
  });
  return Buffer.from(bytes.buffer);
}

/** The bytes of the values of a binary VR (numbers, AT), or undefined for a VR of another kind. @throws PacsError bad-request */
export function jsonNumbers(vr: string, values: readonly unknown[], littleEndian: boolean): Buffer | undefined {
  if (vr === 'AT') return tagBytes(values, littleEndian);
  const form = numberVRs[vr];
  if (!form) return undefined;
  const view = new DataView(new ArrayBuffer(values.length * form.size));
  values.forEach((value, index) => form.write(view, index * form.size, numberOf(vr, value, form), littleEndian));
  return Buffer.from(view.buffer);
}

const units: Readonly<Record<string, number>> = { OW: 2, OF: 4, OL: 4, OD: 8, OV: 8 };

/** The bytes of InlineBinary, which is in little endian whatever is written, PS3.18 F.2.7. @throws PacsError bad-request */
export function jsonBinary(vr: string, base64: unknown, littleEndian: boolean): Buffer {
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(base64)) throw wrong(vr);
  const bytes = Buffer.from(base64, 'base64');
  const unit = littleEndian ? 1 : (units[vr] ?? 1);
  for (let at = 0; unit > 1 && at + unit <= bytes.length; at += unit) bytes.subarray(at, at + unit).reverse();
  return bytes;
}
