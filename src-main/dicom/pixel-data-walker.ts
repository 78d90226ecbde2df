/** Passes over pixel data without keeping them, so that a file that ends too early is found out. */
import { PacsError } from '#shared/errors.ts';
import type { ByteWindow } from './byte-window.ts';
import type { Element } from './data-set.ts';
import { readLength, readTag } from './read-bytes.ts';

/** Counts the pixel data that begin at the window's next byte. */
export class PixelDataWalker {
  /** Fragments that were passed, the offset table not counted, PS3.5 A.4. */
  fragments = -1;
  readonly #window: ByteWindow;
  readonly #littleEndian: boolean;
  readonly #isEncapsulated: boolean;

  constructor(window: ByteWindow, pixelData: Element, littleEndian: boolean) {
    this.#window = window;
    this.#littleEndian = littleEndian;
    this.#isEncapsulated = pixelData.length < 0;
    if (this.#isEncapsulated) window.keepNothing();
    else window.skip(pixelData.length);
  }

  /** Goes on as far as the bytes reach; closes the window behind the pixel data. @throws PacsError damaged */
  step(): void {
    if (!this.#isEncapsulated && this.#window.toSkip === 0) this.#window.closed = true;
    while (!this.#window.closed && this.#window.has(8)) this.#fragment();
  }

  #fragment(): void {
    const window = this.#window;
    const tag = readTag(window.bytes, window.at, this.#littleEndian);
    const length = readLength(window.bytes, window.at + 4, this.#littleEndian);
    if (tag === 0xfffe_e0dd) window.closed = true;
    else if (tag !== 0xfffe_e000 || length === 0xffff_ffff)
      throw new PacsError('damaged', 'The file is damaged: its pixel data are not in the pieces they should be in.');
    else this.fragments++;
    window.skip(tag === 0xfffe_e000 ? 8 + length : 8);
  }

  /** True when nothing is missing. A missing end mark is forgiven where there is a fragment for each frame. */
  isComplete(frames: number): boolean {
    const window = this.#window;
    if (window.toSkip > 0) return false;
    return !this.#isEncapsulated || window.closed || (window.available === 0 && this.fragments >= frames);
  }
}
