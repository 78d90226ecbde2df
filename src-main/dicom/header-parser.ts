/** Reads the header of one file from its chunks: preamble, file meta information, data set, and past the pixel data. */
import { PacsError, toPacsError } from '#shared/errors.ts';
import { ByteWindow } from './byte-window.ts';
import type { DataSet, Header } from './data-set.ts';
import type { WalkLimits } from './walk-frame.ts';
import { DataSetWalker } from './data-set-walker.ts';
import { isDeflatedSyntax, looksLikeDataSet, lookAtSyntax } from './header-syntax.ts';
import type { Syntax } from './header-syntax.ts';
import { createInflateStream } from './inflate-stream.ts';
import type { InflateStream } from './inflate-stream.ts';
import { PixelDataWalker } from './pixel-data-walker.ts';
import { isZero, readLength, readTag } from './read-bytes.ts';

const notDicom = (): PacsError => new PacsError('not-dicom', 'This is not a DICOM file.');
const truncated = (what: string): PacsError => new PacsError('truncated', `The file is incomplete: ${what}`);

/** One file that is being read. */
export class HeaderParser {
  readonly #limits: WalkLimits;
  readonly #file = new ByteWindow();
  /** Where the data set is: the file's window, or that of what was inflated. */
  #window = this.#file;
  #step: () => void = () => this.#preamble();
  #meta: DataSet = new Map();
  #dataSet: DataSetWalker | undefined;
  #pixels: PixelDataWalker | undefined;
  #syntax: Syntax | undefined;
  #inflate: InflateStream | undefined;
  #dataSetOffset = 0;
  fault: PacsError | undefined;

  constructor(limits: WalkLimits) {
    this.#limits = limits;
    this.#file.need = 136;
  }

  /** True once the top level's pixel data were reached. */
  get hasPixelData(): boolean {
    return this.#pixels !== undefined;
  }

  /** Bytes of the file that may be left out: they would be passed over. */
  get toSkip(): number {
    return this.#inflate ? 0 : this.#file.toSkip;
  }

  /** Tells that `toSkip` bytes were left out. */
  skipped(): void {
    this.#file.seen += this.#file.toSkip;
    this.#file.toSkip = 0;
  }

  /** Takes the next chunk; a fault is remembered and the rest ignored. */
  write(chunk: Uint8Array): void {
    if (!this.fault) this.#try(() => this.#file.feed(chunk, () => this.#step()));
  }

  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fault = toPacsError(error);
    }
  }

  #preamble(): void {
    const { bytes, at } = this.#file;
    const isDICM = this.#file.available >= 136 && readTag(bytes, at + 128, false) === 0x4449_434d;
    // The letters may stand there by chance, in a data set without a preamble.
    const hasPreamble = isDICM && (readTag(bytes, at + 132, true) >>> 16 === 2 || !looksLikeDataSet(bytes, at));
    if (hasPreamble) this.#file.skip(132);
    this.#step = () => this.#begin(hasPreamble);
    this.#step();
  }

  #begin(hasPreamble: boolean): void {
    if (!this.#file.has(8)) return;
    const { bytes, at } = this.#file;
    if (readTag(bytes, at, true) >>> 16 === 2) return this.#beginMeta();
    if (!hasPreamble && !looksLikeDataSet(bytes, at)) throw notDicom();
    this.#beginDataSet();
  }

  #beginMeta(): void {
    const { bytes, at } = this.#file;
    const encoding = { littleEndian: true, explicitVR: lookAtSyntax(bytes, at, undefined).explicitVR };
    const meta = new DataSetWalker(this.#file, this.#limits, encoding, (group, offset) =>
      group === 2 ? isDeflatedSyntax(this.#declared) && offset === metaEnd(meta) : true,
    );
    this.#meta = meta.elements;
    this.#step = () => {
      meta.step();
      if (meta.state !== 'elements') this.#beginDataSet();
    };
    this.#step();
  }

  get #declared(): string | undefined {
    const value = this.#meta.get('00020010')?.value;
    return value && String.fromCharCode(...value.subarray(0, 64)).replace(/[\0 ]+$/, '');
  }

  #beginDataSet(): void {
    this.#dataSetOffset = this.#file.offset;
    const { bytes, at } = this.#file;
    // Where a known VR stands at its place nothing is deflated, whatever the meta information says.
    const isDeflated = isDeflatedSyntax(this.#declared) && !looksLikeDataSet(bytes, at);
    this.#step = isDeflated ? () => this.#beginInflating() : () => this.#walk();
    this.#step();
  }

  #beginInflating(): void {
    const { bytes, at, available } = this.#file;
    const rest = bytes.slice(at, at + available);
    this.#window = new ByteWindow();
    this.#step = () => this.#walk();
    const inflate = createInflateStream(rest, (inflated) => this.#window.feed(inflated, () => this.#step()));
    this.#inflate = inflate;
    this.#file.skip(available);
    this.#file.tap = (chunk) => inflate.push(chunk);
    inflate.push(rest);
  }

  #walk(): void {
    const window = this.#window;
    if (!window.has(8)) return;
    const declared = this.#declared;
    const syntax = lookAtSyntax(window.bytes, window.at, declared);
    this.#syntax = this.#inflate && declared ? { ...syntax, TransferSyntaxUID: declared } : syntax;
    this.#dataSet = new DataSetWalker(window, this.#limits, syntax);
    this.#step = () => this.#elements(this.#dataSet!, syntax);
    this.#step();
  }

  #elements(dataSet: DataSetWalker, { littleEndian }: Syntax): void {
    dataSet.step();
    if (dataSet.state === 'padding') this.#window.closed = true;
    if (!dataSet.pixelData) return;
    const pixels = new PixelDataWalker(this.#window, dataSet.pixelData, littleEndian);
    this.#pixels = pixels;
    this.#step = () => pixels.step();
    this.#step();
  }

  /**
   * The header, when all of the file came. With `size` the reading may have stopped at the pixel data of a file of that size.
   * @throws PacsError not-dicom, truncated, damaged, too-large
   */
  end(size?: number): Header {
    if (!this.fault) this.#try(() => this.#finish(size !== undefined && this.hasPixelData));
    if (this.fault) throw this.fault;
    const { elements: dataSet, pixelData } = this.#dataSet!;
    return {
      ...this.#syntax!,
      meta: this.#meta,
      dataSet,
      dataSetOffset: this.#dataSetOffset,
      ...(pixelData ? { pixelData } : {}),
      size: size ?? this.#file.seen,
    };
  }

  #finish(stoppedAtPixelData: boolean): void {
    if (this.#file.seen === 0) throw new PacsError('not-dicom', 'The file is empty.');
    // A bare data set may be shorter than the preamble that was waited for.
    if (this.#file.seen < 136) this.#step();
    const isStreamWhole = this.#inflate?.finish() ?? true;
    if (!this.#dataSet) throw this.#meta.size > 0 ? truncated('it ends before its data set begins.') : notDicom();
    const isCut = this.#pixels
      ? !stoppedAtPixelData && !this.#pixels.isComplete(this.#frames)
      : this.#endsInside(this.#dataSet);
    const isSkipCut = this.#file.toSkip > 0;
    if (isCut || isSkipCut || !(isStreamWhole || stoppedAtPixelData))
      throw truncated(`it ends inside its ${this.#pixels ? 'pixel data' : 'data set'}.`);
  }

  #endsInside(dataSet: DataSetWalker): boolean {
    if (!dataSet.isAtTop) return true;
    const { bytes, at, available } = this.#window;
    return dataSet.state === 'elements' && !(available < 8 && isZero(bytes, at, at + available));
  }

  get #frames(): number {
    const value = this.#dataSet?.elements.get('00280008')?.value;
    return Math.max(1, Number.parseInt(String.fromCharCode(...(value?.subarray(0, 12) ?? [])), 10) || 1);
  }
}

/** Where the meta information ends by its own account (0002,0000), PS3.10 7.1. */
function metaEnd({ elements }: DataSetWalker): number | undefined {
  const length = elements.get('00020000');
  return length?.value?.length === 4 ? length.offset + 4 + readLength(length.value, 0, true) : undefined;
}
