/** Walks the elements of a data set as its bytes come: iterative, so that no nesting can overflow the stack. */
import { PacsError } from '#shared/errors.ts';
import type { ByteWindow } from './byte-window.ts';
import type { DataSet, Element } from './data-set.ts';
import { decideVR, dictionaryVR } from './implicit-vr.ts';
import { isZero, readLength, readShort, readTag } from './read-bytes.ts';
import { tagName } from './tag-names.ts';
import { isBulkVR, looksLikeVR, vrOfCode, vrOfCodeAnyCase } from './value-representations.ts';
import type { Encoding, Frame, WalkLimits } from './walk-frame.ts';
import {
  damaged,
  elementCost,
  emptyDataSet,
  itemEnd,
  itemTag,
  noElements,
  noItems,
  pixelTags,
  sequenceEnd,
  undefinedLength,
} from './walk-frame.ts';

/** Where a walk stands: still in the elements, at the end of what it was asked for, at the pixel data, or in padding after the last element. */
export type WalkState = 'elements' | 'stopped' | 'pixel data' | 'padding';

/** Walks the data set that begins at the window's next byte. */
export class DataSetWalker {
  readonly elements = new Map<string, Element>();
  /** The top level's pixel data once they are reached. */
  pixelData: Element | undefined;
  state: WalkState = 'elements';
  readonly #window: ByteWindow;
  readonly #limits: WalkLimits;
  readonly #stopsBefore: ((group: number, offset: number) => boolean) | undefined;
  readonly #frames: Frame[];
  #kept = 0;

  /** `stopsBefore` ends the walk before an element of the top level (file meta information). */
  constructor(
    window: ByteWindow,
    limits: WalkLimits,
    encoding: Encoding,
    stopsBefore?: (group: number, offset: number) => boolean,
  ) {
    this.#window = window;
    this.#limits = limits;
    this.#stopsBefore = stopsBefore;
    const rest = { items: noItems, limit: Infinity, unknown: false };
    this.#frames = [{ kind: 'data set', elements: this.elements, ...encoding, ...rest }];
  }

  /** True when every sequence that was begun has ended. */
  get isAtTop(): boolean {
    return this.#frames.length === 1;
  }

  /** Goes on as far as the bytes reach. @throws PacsError damaged, too-large */
  step(): void {
    while (this.state === 'elements') {
      const frame = this.#frames.at(-1)!;
      const beyond = this.#window.offset - frame.limit;
      if (beyond > 0) throw damaged('a sequence is longer than it says.');
      if (beyond === 0) this.#frames.pop();
      else if (!(frame.kind === 'data set' ? this.#element(frame) : this.#item(frame))) return;
    }
  }

  #element(frame: Frame): boolean {
    const window = this.#window;
    if (!window.has(8)) return false;
    const { bytes, at } = window;
    const tag = readTag(bytes, at, frame.littleEndian);
    if (frame.limit === Infinity && this.isAtTop && this.#endsAt(tag, bytes, at)) return true;
    if (tag >= itemTag && tag <= sequenceEnd) return this.#delimiter(frame, tag);
    return frame.explicitVR ? this.#explicit(frame, tag) : this.#implicit(frame, tag);
  }

  #endsAt(tag: number, bytes: Uint8Array, at: number): boolean {
    if (this.#stopsBefore?.(tag >>> 16, this.#window.offset)) this.state = 'stopped';
    else if (tag === 0 && this.elements.size > 0 && isZero(bytes, at, at + 8)) this.state = 'padding';
    return this.state !== 'elements';
  }

  /** A delimiter inside a data set: ends an item, an unclosed item with its sequence, or stands there for nothing. */
  #delimiter(frame: Frame, tag: number): boolean {
    const window = this.#window;
    const length = readLength(window.bytes, window.at + 4, frame.littleEndian);
    // An item outside of a sequence (its sequence's head was lost) is passed over.
    window.skip(tag === itemTag && length !== undefinedLength ? 8 + length : 8);
    if (this.isAtTop || tag === itemTag) return true;
    if (tag === sequenceEnd) this.#frames.pop();
    this.#frames.pop();
    return true;
  }

  #implicit(frame: Frame, tag: number): boolean {
    const { bytes, at } = this.#window;
    const code = (bytes[at + 4]! << 8) | bytes[at + 5]!;
    // Some writers put explicit elements into UN sequences.
    if (frame.unknown && frame.elements.size === 0 && vrOfCode(code) && isOrdinary(tag)) {
      frame.explicitVR = true;
      return this.#explicit(frame, tag);
    }
    const length = readLength(bytes, at + 4, frame.littleEndian);
    return this.#open(frame, tag, this.#vrOf(frame, tag), 8, length);
  }

  #explicit(frame: Frame, tag: number): boolean {
    const window = this.#window;
    const { bytes, at } = window;
    const code = (bytes[at + 4]! << 8) | bytes[at + 5]!;
    const shortLength = readShort(bytes, at + 6, frame.littleEndian);
    const vr = vrOfCode(code) ?? (looksLikeVR(code) ? this.#unknownVR(tag, code, shortLength) : undefined);
    if (!vr) return this.#withoutVR(frame, tag);
    if (!vr.long) return this.#open(frame, tag, vr.name, 8, shortLength);
    if (!window.has(12)) return false;
    const length = readLength(window.bytes, window.at + 8, frame.littleEndian);
    if (vr.name !== 'UN' || length === undefinedLength || tag & 0x1_0000)
      return this.#open(frame, tag, vr.name, 12, length);
    return this.#hidden(frame, tag, length);
  }

  /** A standard element that came as UN from somebody with an older dictionary, PS3.5 6.2.2: its value is implicit little endian. */
  #hidden(frame: Frame, tag: number, length: number): boolean {
    const window = this.#window;
    const vr = frame.littleEndian ? this.#vrOf(frame, tag) : 'UN';
    if (vr !== 'SQ' || length < 8) return this.#open(frame, tag, vr === 'SQ' ? 'UN' : vr, 12, length);
    if (!window.has(20)) return false;
    const isSequence = readTag(window.bytes, window.at + 12, true) === itemTag;
    if (!isSequence || window.offset + 12 + length > frame.limit) return this.#open(frame, tag, 'UN', 12, length);
    return this.#openSequence(frame, tag, 'UN', 12, length);
  }

  /** A VR that is none: written in small letters, known by its tag, or of a later Standard, which then has a long length. */
  #unknownVR(tag: number, code: number, shortLength: number): { name: string; long: boolean } {
    const anyCase = vrOfCodeAnyCase(code);
    if (anyCase) return anyCase;
    const name = decideVR(dictionaryVR(tag), this.elements);
    return { name, long: shortLength === 0 && (name === 'UN' || isBulkVR(name) || name === 'SQ') };
  }

  /** No letters where a VR should be: some writers put implicit elements into explicit data sets. */
  #withoutVR(frame: Frame, tag: number): boolean {
    const { bytes, at } = this.#window;
    const vr = this.#vrOf(frame, tag);
    if (frame.elements.size === 0 && !this.isAtTop) frame.explicitVR = false;
    else if (vr === 'UN' && !(tag & 0x1_0000)) throw damaged('there is something in it that is no data element.');
    return this.#open(frame, tag, vr, 8, readLength(bytes, at + 4, frame.littleEndian));
  }

  #vrOf(frame: Frame, tag: number): string {
    return decideVR(dictionaryVR(tag), frame.elements, this.elements);
  }

  #open(frame: Frame, tag: number, vr: string, head: number, length: number): boolean {
    if (tag >= 0x7fe0_0008 && this.isAtTop && pixelTags.has(tag)) return this.#openPixelData(tag, vr, head, length);
    if (length === undefinedLength) return this.#openUndefined(frame, tag, vr, head);
    if (this.#window.offset + head + length > frame.limit)
      throw damaged('a value is longer than the sequence it is in.');
    if (vr === 'SQ') return this.#openSequence(frame, tag, vr, head, length);
    return this.#value(frame, tag, vr, head, length);
  }

  #openPixelData(tag: number, vr: string, head: number, length: number): boolean {
    const offset = this.#window.offset + head;
    this.#window.skip(head);
    this.pixelData = { tag: tagName(tag), vr, offset, length: length === undefinedLength ? -1 : length };
    this.state = 'pixel data';
    return true;
  }

  #openUndefined(frame: Frame, tag: number, vr: string, head: number): boolean {
    if (tag !== 0x7fe0_0010 && !isBulkVR(vr)) return this.#openSequence(frame, tag, vr, head, -1);
    this.#add(frame, { tag: tagName(tag), vr, offset: this.#window.offset + head, length: -1 }, head);
    this.#window.skip(head);
    this.#push({ ...frame, kind: 'fragments', elements: noElements, items: noItems });
    return true;
  }

  #openSequence(frame: Frame, tag: number, vr: string, head: number, length: number): boolean {
    const offset = this.#window.offset + head;
    const items: DataSet[] = [];
    const limit = length < 0 ? frame.limit : offset + length;
    const unknown = vr === 'UN' || frame.unknown;
    const explicitVR = frame.explicitVR && vr !== 'UN';
    const littleEndian = frame.littleEndian || vr === 'UN';
    this.#add(frame, { tag: tagName(tag), vr: 'SQ', offset, length, items }, head);
    this.#window.skip(head);
    this.#push({ kind: 'sequence', elements: noElements, items, explicitVR, littleEndian, limit, unknown });
    return true;
  }

  #value(frame: Frame, tag: number, vr: string, head: number, length: number): boolean {
    const window = this.#window;
    const isKept = length <= this.#limits.maximumValueBytes;
    if (isKept && !window.has(head + length)) return false;
    const offset = window.offset + head;
    const begin = window.at + head;
    const element = { tag: tagName(tag), vr, offset, length };
    const value = isKept ? new Uint8Array(window.bytes.buffer, begin, length) : undefined;
    this.#add(frame, value ? { ...element, value } : element, isKept ? head + length : head);
    window.skip(head + length);
    return true;
  }

  #add(frame: Frame, element: Element, bytes: number): void {
    this.#keep(bytes);
    // Where a tag comes twice the first one counts, as in DCMTK.
    if (!frame.elements.has(element.tag)) frame.elements.set(element.tag, element);
  }

  #keep(bytes: number): void {
    this.#kept += bytes + elementCost;
    if (this.#kept > this.#limits.maximumHeaderBytes)
      throw new PacsError('too-large', 'The description of the image in the file is too large.');
  }

  #push(frame: Frame): void {
    if (this.#frames.length > 2 * this.#limits.maximumDepth) throw damaged('its sequences are nested too deeply.');
    this.#frames.push(frame);
  }

  #item(frame: Frame): boolean {
    const window = this.#window;
    if (!window.has(8)) return false;
    const tag = readTag(window.bytes, window.at, frame.littleEndian);
    const length = readLength(window.bytes, window.at + 4, frame.littleEndian);
    window.skip(8);
    if (tag === sequenceEnd) this.#frames.pop();
    else if (tag === itemTag) this.#openItem(frame, length);
    else if (tag !== itemEnd) throw damaged('there is something between the items of a sequence.');
    return true;
  }

  #openItem(frame: Frame, length: number): void {
    const limit = length === undefinedLength ? frame.limit : this.#window.offset + length;
    if (limit > frame.limit) throw damaged('an item is longer than its sequence.');
    if (frame.kind === 'fragments') return this.#skipFragment(length);
    this.#keep(8);
    if (length === 0) return void frame.items.push(emptyDataSet);
    const elements = new Map<string, Element>();
    frame.items.push(elements);
    this.#push({ ...frame, kind: 'data set', elements, items: noItems, limit });
  }

  #skipFragment(length: number): void {
    if (length === undefinedLength) throw damaged('a fragment has no length.');
    this.#window.skip(length);
  }
}

const isOrdinary = (tag: number): boolean => dictionaryVR(tag) !== 'UN';
