/** Draws one frame as a picture: modality values, values of interest, presentation, pixel aspect ratio, PS3.4 N.2. Overlays are not drawn. */
import sharp from 'sharp';
import { isColour } from './color.ts';
import type { Header } from './data-set.ts';
import { decodeFrame } from './decode-frame.ts';
import { readFrame } from './frames.ts';
import { readHeader } from './header-reader.ts';
import type { WindowFrame } from './modality-values.ts';
import { valuesOf, windowFrame } from './modality-values.ts';
import type { PixelDescription } from './pixel-description.ts';
import { groupOrTop } from './pixel-groups.ts';
import { numbers, text } from './values.ts';
import type { VoiFunction } from './voi.ts';
import { lutFunction, minMaxWindow, readVoiFunction, readVoiLut, readWindows, toGrey, windowFunction } from './voi.ts';

/** How a frame is to be drawn. */
export interface RenderOptions {
  readonly format: 'jpeg' | 'png' | 'webp';
  /** In modality values; the first window of the data set, else its VOI LUT, else least to greatest value if not given. */
  readonly window?: { readonly center: number; readonly width: number; readonly function?: VoiFunction };
  /** The picture is made as large as fits into this; its aspect ratio is kept. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** 1 to 100 for jpeg and webp; 90 if not given. */
  readonly quality?: number;
}

/** An encoded picture. */
export interface RenderedFrame {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** One frame as grey or RGB of 8 bits in its own size, before it is scaled and encoded. */
export interface DrawnFrame {
  readonly rows: number;
  readonly columns: number;
  readonly channels: 1 | 3;
  readonly bytes: Uint8Array;
}

/** Most rows or columns that a format can have. */
const maximumSide = { jpeg: 65_500, png: 65_535, webp: 16_383 } as const;

/** Draws and encodes one frame (from 0). @throws PacsError */
export async function renderFrame(
  path: string,
  frame: number,
  options: RenderOptions,
  header?: Header,
): Promise<RenderedFrame> {
  const known = header ?? (await readHeader(path));
  const drawn = await drawFrame(path, frame, options, known);
  const side = maximumSide[options.format];
  const [width, height] = pictureSize(drawn, aspectRatio(known, frame), options.viewport, side);
  const raw = { width: drawn.columns, height: drawn.rows, channels: drawn.channels };
  let picture = sharp(drawn.bytes, { raw, limitInputPixels: false });
  if (width !== drawn.columns || height !== drawn.rows)
    picture = picture.resize(width, height, { fit: 'fill', kernel: 'lanczos3' });
  if (drawn.channels === 1) picture = picture.toColourspace('b-w');
  const quality = options.quality ?? 90;
  const encoded =
    options.format === 'png' ? picture.png({ compressionLevel: 6 }) : picture[options.format]({ quality });
  return { bytes: new Uint8Array(await encoded.toBuffer()), contentType: `image/${options.format}` };
}

/** The picture of one frame in 8 bits. @throws PacsError */
export async function drawFrame(
  path: string,
  frame: number,
  options: Pick<RenderOptions, 'window'>,
  header: Header,
): Promise<DrawnFrame> {
  const stored = decodeFrame(await readFrame(path, header, frame), header);
  const shown = windowFrame(stored, header, frame);
  const { rows, columns } = shown;
  if (isColour(stored.photometric)) return { rows, columns, channels: 3, bytes: shown.bytes };
  const grey = greyFunction(shown, header, frame, options.window);
  const bytes = toGrey(valuesOf(shown), grey, isInverted(header, stored.image));
  return { rows, columns, channels: 1, bytes };
}

function greyFunction(
  shown: WindowFrame,
  header: Header,
  frame: number,
  asked: RenderOptions['window'],
): (value: number) => number {
  if (asked) return windowFunction(asked, asked.function ?? readVoiFunction(header, frame));
  const [first] = readWindows(header, frame);
  if (first) return windowFunction(first, readVoiFunction(header, frame));
  const table = readVoiLut(header, frame, shown.kind === 'int16' || shown.kind === 'float32');
  if (table) return lutFunction(table);
  return windowFunction(minMaxWindow(valuesOf(shown)), 'LINEAR');
}

/** True where low values are bright: PresentationLUTShape (2050,0020) says so, else MONOCHROME1. */
export function isInverted(header: Header, image: Pick<PixelDescription, 'PhotometricInterpretation'>): boolean {
  return image.PhotometricInterpretation === 'MONOCHROME1' || text(header, '20500020') === 'INVERSE';
}

/** Height of a pixel by its width, from PixelAspectRatio (0028,0034), else from PixelSpacing; 1 where nothing sensible is said. */
function aspectRatio(header: Header, frame: number): number {
  const measures = groupOrTop(header, '00289110', frame);
  for (const [vertical, horizontal] of [
    numbers(header, '00280034'),
    numbers(measures, '00280030'),
    numbers(header, '00181164'),
  ]) {
    if (vertical === undefined || horizontal === undefined) continue;
    const ratio = vertical / horizontal;
    // A ratio past any device is a mistake, and would make a picture of any size.
    if (ratio >= 0.1 && ratio <= 10) return Math.abs(ratio - 1) < 0.001 ? 1 : ratio;
  }
  return 1;
}

function pictureSize(
  drawn: DrawnFrame,
  ratio: number,
  viewport: RenderOptions['viewport'],
  side: number,
): [number, number] {
  const width = ratio < 1 ? drawn.columns / ratio : drawn.columns;
  const height = ratio > 1 ? drawn.rows * ratio : drawn.rows;
  const fit = viewport ? Math.min(viewport.width / width, viewport.height / height) : 1;
  const scale = Math.min(fit, side / width, side / height);
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}
