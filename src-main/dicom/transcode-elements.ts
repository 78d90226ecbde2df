/** Writes the elements of a data set in another encoding: explicit or implicit VR, either byte order, PS3.5 Annex A. Nothing is left out but group lengths. */
import { PacsError } from '#shared/errors.ts';
import type { DataSet, Element } from './data-set.ts';
import { dictionaryVR } from './implicit-vr.ts';
import { itemEnd, itemTag, sequenceEnd, undefinedLength, type Encoding } from './walk-frame.ts';

/** Where values lie that are not in memory. */
export interface ElementSource extends Encoding {
  /** Added to the offsets of elements. */
  readonly base: number;
  /** The file, where it stays and may be pointed to. */
  readonly path?: string | undefined;
  /** Bytes of the file. */
  readonly size: number;
  read(offset: number, length: number): Buffer;
}

/** Takes what is written. */
export interface ByteSink {
  readonly size: number;
  write(bytes: Uint8Array): void;
  /** Takes a range of a file that stays; false where it would rather have its bytes. */
  refer(path: string, offset: number, length: number): boolean;
}

const longVRs = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));
const pieceLength = 512 * 1024;
/* Values of short VRs have two bytes for their length in explicit syntaxes. */
const longestShort = 0xfffe;

const units: readonly (readonly [2 | 4 | 8, string])[] = [
  [2, 'US SS OW AT'],
  [4, 'UL SL FL OL OF'],
  [8, 'FD OD OV SV UV'],
];
const unitOf = new Map(units.flatMap(([unit, names]) => names.split(' ').map((vr) => [vr, unit] as const)));

/** Bytes that change places between byte orders in values of a VR; 1 for those that have none. */
export const swapUnit = (vr: string): 1 | 2 | 4 | 8 => unitOf.get(vr) ?? 1;

/** A copy with the bytes of each unit in the other order; a last part of one stays as it is. */
export function swapped(bytes: Uint8Array, unit: 2 | 4 | 8): Uint8Array {
  const whole = bytes.length - (bytes.length % unit);
  const copy = Buffer.from(bytes);
  const units = copy.subarray(0, whole);
  if (unit === 2) units.swap16();
  else if (unit === 4) units.swap32();
  else units.swap64();
  return copy;
}

/** Writes elements in one encoding. */
export class ElementWriter {
  readonly #sink: ByteSink;
  readonly #to: Encoding;
  readonly #sizes = new Map<DataSet, number>();

  constructor(sink: ByteSink, to: Encoding) {
    this.#sink = sink;
    this.#to = to;
  }

  /** All elements of a data set in the order of their tags, nested ones as they came. @throws PacsError unsupported */
  dataSet(elements: Iterable<Element>, from: ElementSource): void {
    for (const element of elements) if (!isGroupLength(element)) this.element(element, from);
  }

  /** One element. @throws PacsError unsupported */
  element(element: Element, from: ElementSource): void {
    if (element.items) return this.#sequence(element, element.items, from);
    if (element.length < 0) throw fragments();
    const vr = this.#writtenVR(element);
    const unit = from.littleEndian === this.#to.littleEndian ? 1 : swapUnit(vr);
    this.head(element.tag, vr, even(element.length));
    if (element.value) this.#sink.write(unit === 1 ? element.value : swapped(element.value, unit));
    else this.copy(from, from.base + element.offset, element.length, unit);
    if (element.length % 2) this.#sink.write(Uint8Array.of(isText(vr) ? 0x20 : 0));
  }

  /** Copies bytes of the source, each unit in the other order. @throws PacsError damaged where they are not there */
  copy(from: ElementSource, offset: number, length: number, unit: 1 | 2 | 4 | 8): void {
    const isThere = offset + length <= from.size;
    if (unit === 1 && isThere && from.path !== undefined && this.#sink.refer(from.path, offset, length)) return;
    for (let at = 0; at < length; at += pieceLength) {
      const piece = from.read(offset + at, Math.min(pieceLength, length - at));
      this.#sink.write(unit === 1 ? piece : swapped(piece, unit));
    }
  }

  /** Tag, VR and length of an element. */
  head(tag: string, vr: string, length: number): void {
    const isLong = !this.#to.explicitVR || longVRs.has(vr);
    const bytes = Buffer.alloc(this.#headLength(vr));
    this.#tag(bytes, Number.parseInt(tag, 16));
    if (this.#to.explicitVR) bytes.write(vr, 4, 'latin1');
    if (isLong) this.#number(bytes, bytes.length - 4, length);
    else if (this.#to.littleEndian) bytes.writeUInt16LE(length, 6);
    else bytes.writeUInt16BE(length, 6);
    this.#sink.write(bytes);
  }

  /** An item or a delimiter with its length. */
  mark(tag: number, length: number): void {
    const bytes = Buffer.alloc(8);
    this.#tag(bytes, tag);
    this.#number(bytes, 4, length);
    this.#sink.write(bytes);
  }

  #tag(bytes: Buffer, tag: number): void {
    if (!this.#to.littleEndian) return void bytes.writeUInt32BE(tag, 0);
    bytes.writeUInt16LE(tag >>> 16, 0);
    bytes.writeUInt16LE(tag & 0xffff, 2);
  }

  #number(bytes: Buffer, at: number, value: number): void {
    if (this.#to.littleEndian) bytes.writeUInt32LE(value, at);
    else bytes.writeUInt32BE(value, at);
  }

  #sequence(element: Element, items: readonly DataSet[], source: ElementSource): void {
    const isUndefined = this.#isUndefined(element);
    const from = this.#inside(element, source);
    this.head(element.tag, 'SQ', isUndefined ? undefinedLength : this.#itemsSize(items, false));
    for (const item of items) {
      this.mark(itemTag, isUndefined ? undefinedLength : this.#size(item));
      this.dataSet(item.values(), from);
      if (isUndefined) this.mark(itemEnd, 0);
    }
    if (isUndefined) this.mark(sequenceEnd, 0);
  }

  /* In implicit VR a sequence that no dictionary has is seen to be one only by its delimiter. */
  #isUndefined({ tag, length }: Element): boolean {
    return length < 0 || (!this.#to.explicitVR && dictionaryVR(Number.parseInt(tag, 16)) !== 'SQ');
  }

  /* A sequence that came as UN is little endian inside, whatever is around it, PS3.5 6.2.2. */
  #inside({ offset }: Element, from: ElementSource): ElementSource {
    if (from.littleEndian) return from;
    const isUnknown = from.read(from.base + offset - 8, 2).toString('latin1') === 'UN';
    return isUnknown ? { ...from, littleEndian: true } : from;
  }

  /* A value that is too long for its VR is UN, PS3.5 6.2.2. */
  #writtenVR({ vr, length }: Element): string {
    const isTooLong = this.#to.explicitVR && !longVRs.has(vr) && length > longestShort;
    return isTooLong ? 'UN' : vr;
  }

  #headLength = (vr: string): number => (this.#to.explicitVR && longVRs.has(vr) ? 12 : 8);

  #itemsSize(items: readonly DataSet[], isUndefined: boolean): number {
    const around = isUndefined ? 16 : 8;
    const inside = items.reduce((sum, item) => sum + around + this.#size(item), 0);
    return isUndefined ? inside + 8 : inside;
  }

  #size(dataSet: DataSet): number {
    const known = this.#sizes.get(dataSet);
    if (known !== undefined) return known;
    let size = 0;
    for (const element of dataSet.values()) if (!isGroupLength(element)) size += this.#elementSize(element);
    this.#sizes.set(dataSet, size);
    return size;
  }

  #elementSize(element: Element): number {
    if (element.items) return this.#headLength('SQ') + this.#itemsSize(element.items, this.#isUndefined(element));
    if (element.length < 0) throw fragments();
    return this.#headLength(this.#writtenVR(element)) + even(element.length);
  }
}

const even = (length: number): number => length + (length % 2);
const isText = (vr: string): boolean => /^(A[ES]|CS|D[AST]|IS|L[OT]|PN|S[HT]|TM|U[CRT])$/.test(vr);
/* Retired since 2008, and wrong once lengths have changed. */
const isGroupLength = ({ tag }: Element): boolean => tag.endsWith('0000');

const fragments = (): PacsError =>
  new PacsError('unsupported', 'The image holds a second, compressed one, which cannot be changed.');

/** True where an item somewhere below holds compressed pixels, as an icon may. */
export const holdsFragments = ({ items, length }: Element): boolean =>
  items ? items.some((item) => [...item.values()].some(holdsFragments)) : length < 0;
