/** A parsed data set as a value: elements that point into the bytes they came from. */

/** One data element, PS3.5 7.1. Offsets count bytes from the start of the file (of the inflated data set when deflated). */
export interface Element {
  /** Eight hexadecimal digits in upper case, group then element. */
  readonly tag: string;
  /** Two letters; from the dictionary where the syntax is implicit, UN when unknown. */
  readonly vr: string;
  readonly offset: number;
  /** Bytes of the value; -1 for undefined length. */
  readonly length: number;
  /** The value's bytes as they came; absent for sequences and for values past the bound that headers keep. */
  readonly value?: Uint8Array;
  /** The items of a sequence. */
  readonly items?: readonly DataSet[];
}

/** Elements by tag, in the order in which they came. */
export type DataSet = ReadonlyMap<string, Element>;

/** Everything of a file up to its pixel data, and where the pixel data lie. */
export interface Header {
  /** The transfer syntax that the file has in truth (a wrong file meta is corrected by looking). */
  readonly TransferSyntaxUID: string;
  /** Group 0002; empty for a bare data set. */
  readonly meta: DataSet;
  readonly dataSet: DataSet;
  readonly littleEndian: boolean;
  readonly explicitVR: boolean;
  /** Where the data set begins in the file; after preamble and meta information. */
  readonly dataSetOffset: number;
  /** Pixel Data (7FE0,0010), Float (7FE0,0008) or Double Float (7FE0,0009); its `value` is never kept. */
  readonly pixelData?: Element;
  /** Bytes of the file that were seen. */
  readonly size: number;
}
