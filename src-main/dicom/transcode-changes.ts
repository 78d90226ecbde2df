/** The attributes that change with the transfer syntax: the Image Pixel module and what tells of losses, PS3.3 C.7.6.3 and C.7.6.1.1.5. */
import type { Element, Header } from './data-set.ts';
import { text, texts } from './values.ts';

/** New values by tag; undefined takes an element away. */
export type Changes = ReadonlyMap<string, Element | undefined>;

/** An element in memory, in little endian. */
function newElement(tag: string, vr: string, value: string | number): Element {
  const bytes =
    typeof value === 'string' ? Buffer.from(value.length % 2 ? `${value} ` : value, 'latin1') : Buffer.alloc(2);
  if (typeof value === 'number') bytes.writeUInt16LE(value);
  return { tag, vr, offset: 0, length: bytes.length, value: bytes };
}

/** How the pixels are now. */
export interface PixelChange {
  readonly SamplesPerPixel: number;
  readonly BitsAllocated: number;
  readonly BitsStored: number;
  readonly PhotometricInterpretation: string;
}

/** What the Image Pixel module says of frames that were decoded or encoded; samples lie side by side now. */
export function pixelChanges({
  SamplesPerPixel,
  BitsAllocated,
  BitsStored,
  PhotometricInterpretation,
}: PixelChange): Changes {
  return new Map([
    ['00280004', newElement('00280004', 'CS', PhotometricInterpretation)],
    ['00280006', SamplesPerPixel > 1 ? newElement('00280006', 'US', 0) : undefined],
    ['00280100', newElement('00280100', 'US', BitsAllocated)],
    ['00280101', newElement('00280101', 'US', BitsStored)],
    ['00280102', newElement('00280102', 'US', BitsStored - 1)],
    /* Extended offset tables and the total length of what was encapsulated before. */
    ['7FE00001', undefined],
    ['7FE00002', undefined],
    ['7FE00003', undefined],
  ]);
}

/* Room for a ratio that is known only when all frames are written. */
const ratioLength = 8;

/** A ratio of compression as DS of eight bytes. */
export const ratioText = (ratio: number): string => ratio.toFixed(2).slice(0, ratioLength).padEnd(ratioLength);

/** The attributes of a lossy compression, put behind those of earlier ones. */
export function lossyChanges(header: Header, method: string, ratio: number): Changes {
  const [ratios, methods] = [texts(header, '00282112'), texts(header, '00282114')];
  /* Where only one of both was written before, they would no longer belong together. */
  const before = ratios.length === methods.length ? ratios.length : 0;
  const together = (earlier: readonly string[], last: string) => [...earlier.slice(0, before), last].join('\\');
  const ratioValue = together(ratios, ratioText(ratio));
  return new Map([
    ['00282110', newElement('00282110', 'CS', '01')],
    ['00282112', newElement('00282112', 'DS', ratioValue)],
    ['00282114', newElement('00282114', 'CS', together(methods, method))],
  ]);
}

const methodOf: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.50': 'ISO_10918_1',
  '1.2.840.10008.1.2.4.51': 'ISO_10918_1',
  '1.2.840.10008.1.2.4.81': 'ISO_14495_1',
  '1.2.840.10008.1.2.4.112': 'ISO_18181_1',
};

/** Where an image was lossy by its syntax alone, this is said before the syntax is gone; nothing where the data set says it. */
export function rememberedLoss(header: Header, TransferSyntaxUID: string): Changes {
  const method = methodOf[TransferSyntaxUID];
  if (!method || text(header, '00282110')) return new Map();
  return new Map([
    ['00282110', newElement('00282110', 'CS', '01')],
    ...(text(header, '00282114') ? [] : ([['00282114', newElement('00282114', 'CS', method)]] as const)),
  ]);
}
