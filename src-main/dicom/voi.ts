/** Values of interest: windows and VOI LUTs to grey of 8 bits, PS3.3 C.11.2. */
import type { Header } from './data-set.ts';
import type { ModalityValues } from './modality-values.ts';
import { groupOrTop } from './pixel-groups.ts';
import type { LookupTable } from './pixel-lut.ts';
import { lookUp, readLutSequence, trueBits } from './pixel-lut.ts';
import type { ValueSource } from './values.ts';
import { numbers, text, texts } from './values.ts';

/** How values become grey, PS3.3 C.11.2.1.3. */
export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

/** A window in modality values. */
export interface VoiWindow {
  readonly center: number;
  readonly width: number;
  readonly explanation?: string;
}

const frameVoiGroup = '00289132';

/** The windows that can be used, in the order of the data set; of the frame in enhanced objects. */
export function readWindows(header: Header, frame: number): VoiWindow[] {
  const source: ValueSource = groupOrTop(header, frameVoiGroup, frame);
  const widths = numbers(source, '00281051');
  const explanations = texts(source, '00281055');
  const smallest = readVoiFunction(header, frame) === 'LINEAR' ? 1 : 0;
  return numbers(source, '00281050').flatMap((center, index) => {
    const width = widths[index];
    const isUsable =
      Number.isFinite(center) && width !== undefined && Number.isFinite(width) && width > 0 && width >= smallest;
    if (!isUsable) return [];
    const explanation = explanations[index];
    return [explanation ? { center, width, explanation } : { center, width }];
  });
}

/** VOILUTFunction (0028,1056), LINEAR where it is absent or unknown. */
export function readVoiFunction(header: Header, frame: number): VoiFunction {
  const name = text(groupOrTop(header, frameVoiGroup, frame), '00281056');
  return name === 'SIGMOID' || name === 'LINEAR_EXACT' ? name : 'LINEAR';
}

/** The first VOI LUT of the data set, if any. Its inputs are modality values, signed where these can be negative. */
export const readVoiLut = (header: Header, frame: number, isSigned: boolean): LookupTable | undefined =>
  readLutSequence(groupOrTop(header, frameVoiGroup, frame), '00283010', isSigned);

/** The window from the least to the greatest value, for images that bring none; what DCMTK calls min-max. */
export function minMaxWindow(values: ArrayLike<number>): VoiWindow {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return Number.isFinite(low) && Number.isFinite(high)
    ? { center: (low + high + 1) / 2, width: high - low + 1 }
    : { center: 0.5, width: 1 };
}

/** The grey of 0 to 255 for a value. LINEAR is PS3.3 C.11.2.1.2.1, LINEAR_EXACT and SIGMOID C.11.2.1.3. */
export function windowFunction({ center, width }: VoiWindow, name: VoiFunction): (value: number) => number {
  if (name === 'SIGMOID') return (value) => 255 / (1 + Math.exp((-4 * (value - center)) / width));
  const [middle, range] = name === 'LINEAR' ? [center - 0.5, Math.max(width, 1) - 1] : [center, width];
  const [low, high] = [middle - range / 2, middle + range / 2];
  if (range === 0) return (value) => (value <= low ? 0 : 255);
  return (value) => (value <= low ? 0 : value > high ? 255 : ((value - middle) / range + 0.5) * 255);
}

/** The grey of 0 to 255 by a VOI LUT. */
export function lutFunction(table: LookupTable): (value: number) => number {
  const top = 2 ** trueBits(table) - 1;
  return (value) => (lookUp(table, Math.round(value)) * 255) / top;
}

/** Applies a grey function to a frame: by a table over all values that occur in 16 bits, one by one for floats. */
export function toGrey(values: ModalityValues, grey: (value: number) => number, invert: boolean): Uint8Array {
  const output = new Uint8Array(values.length);
  const exact = (value: number): number => Math.round(invert ? 255 - grey(value) : grey(value));
  if (values instanceof Float32Array) {
    for (let at = 0; at < values.length; at++) output[at] = exact(values[at]!);
    return output;
  }
  const base = values instanceof Int16Array ? -32_768 : 0;
  const known = new Int16Array(values instanceof Uint8Array ? 256 : 65_536).fill(-1);
  for (let at = 0; at < values.length; at++) {
    const index = values[at]! - base;
    if (known[index]! < 0) known[index] = exact(values[at]!);
    output[at] = known[index]!;
  }
  return output;
}
