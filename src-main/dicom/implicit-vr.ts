/** The VR of elements whose syntax does not write it, PS3.5 A.1 and 6.2.2. */
import { findEntry } from '#shared/dictionary.ts';
import type { DataSet } from './data-set.ts';
import { tagName } from './tag-names.ts';

const known = new Map<number, string>();

function lookUp(tag: number): string {
  const group = tag >>> 16;
  const element = tag & 0xffff;
  if (element === 0) return 'UL';
  if (group & 1) return element >= 0x10 && element <= 0xff ? 'LO' : 'UN';
  const vr = findEntry(tagName(tag))?.vr ?? 'UN';
  return vr === '--' ? 'UN' : vr;
}

/** The dictionary's VR of a tag: UN for unknown and private ones, xs, ox and lt where the data set decides. */
export function dictionaryVR(tag: number): string {
  const found = known.get(tag);
  if (found !== undefined) return found;
  const vr = lookUp(tag);
  if (known.size < 16_384) known.set(tag, vr);
  return vr;
}

/** Decides between US and SS by PixelRepresentation (PS3.5 A.1); OB or OW is OW in implicit syntaxes, LUT data are OW too. */
export function decideVR(vr: string, ...near: readonly DataSet[]): string {
  if (vr === 'ox' || vr === 'lt') return 'OW';
  if (vr !== 'xs') return vr;
  const element = near.map((dataSet) => dataSet.get('00280103')).find((found) => found?.value);
  return element?.value?.some((byte) => byte !== 0) ? 'SS' : 'US';
}
