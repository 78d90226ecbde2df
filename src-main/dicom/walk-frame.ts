/** What a walk over a data set keeps of the sequence or item it is in, and the tags that structure one, PS3.5 7.5. */
import { PacsError } from '#shared/errors.ts';
import type { DataSet, Element } from './data-set.ts';

/** Bounds of what a header may hold. */
export interface WalkLimits {
  /** Bytes of elements and values kept, with what their bookkeeping costs. */
  readonly maximumHeaderBytes: number;
  /** Longer values are passed over. */
  readonly maximumValueBytes: number;
  /** Sequences within sequences. */
  readonly maximumDepth: number;
}

/** How elements are written. */
export interface Encoding {
  readonly explicitVR: boolean;
  readonly littleEndian: boolean;
}

/** A data set, a sequence, or fragments of pixel data inside an item that were begun and not ended. */
export interface Frame {
  readonly kind: 'data set' | 'sequence' | 'fragments';
  readonly elements: Map<string, Element>;
  readonly items: DataSet[];
  readonly littleEndian: boolean;
  explicitVR: boolean;
  /** Offset behind which nothing of this frame can lie; Infinity at the top. */
  readonly limit: number;
  /** True for the inside of an UN sequence, PS3.5 6.2.2. */
  readonly unknown: boolean;
}

/** The length of what ends with a delimiter. */
export const undefinedLength = 0xffff_ffff;
/** Item, Item Delimitation Item, Sequence Delimitation Item. */
export const itemTag = 0xfffe_e000;
export const itemEnd = 0xfffe_e00d;
export const sequenceEnd = 0xfffe_e0dd;
/** What an element costs in memory beside its bytes: the objects that describe it. */
export const elementCost = 160;
/** Float, Double Float and (integer) Pixel Data. */
export const pixelTags = new Set([0x7fe0_0008, 0x7fe0_0009, 0x7fe0_0010]);
/** Shared by all items without elements. */
export const emptyDataSet: DataSet = new Map();
/** For frames that hold no elements or no items. */
export const noElements = new Map<string, Element>();
export const noItems: DataSet[] = [];

/** The error for bytes that cannot be a data set; `what` ends the sentence. */
export const damaged = (what: string): PacsError => new PacsError('damaged', `The file is damaged: ${what}`);
