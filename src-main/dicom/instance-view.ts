/** What the viewer must know of one instance, out of its header: never fails, leaves out what is not said. */
import type { InstanceView } from '#shared/model.ts';
import { isColour } from './color.ts';
import type { Header } from './data-set.ts';
import { frameTimes } from './instance-frame-times.ts';
import { overlayTexts } from './instance-overlay.ts';
import { readGeometry, readSpacing } from './instance-spacing.ts';
import { isLossySyntax } from './pixel-codec.ts';
import { pixelKindOf } from './modality-values.ts';
import type { PixelDescription } from './pixel-description.ts';
import { countFrames, describePixels } from './pixel-description.ts';
import { isInverted } from './render-frame.ts';
import { number, numbers, text } from './values.ts';
import type { VoiWindow } from './voi.ts';
import { readVoiFunction, readVoiLut, readWindows } from './voi.ts';

/** The view of an instance. One without pixel data has no frames; one that cannot be shown has one, and no rows. */
export function instanceView(header: Header): InstanceView {
  const image = tryDescribe(header);
  const InstanceNumber = number(header, '00200013');
  return {
    SOPInstanceUID: text(header, '00080018') ?? '',
    SOPClassUID: text(header, '00080016') ?? '',
    ...(InstanceNumber === undefined ? {} : { InstanceNumber }),
    ...describeImage(header, image),
    ...readSpacing(header),
    ...readGeometry(header),
    frameTimes: image ? frameTimes(header, image.NumberOfFrames) : [],
    lossy: isLossy(header),
    overlay: overlayTexts(header),
  };
}

function tryDescribe(header: Header): PixelDescription | undefined {
  try {
    return describePixels(header);
  } catch {
    return undefined;
  }
}

type ImagePart = Pick<
  InstanceView,
  | 'NumberOfFrames'
  | 'Rows'
  | 'Columns'
  | 'PhotometricInterpretation'
  | 'pixelKind'
  | 'windows'
  | 'VOILUTFunction'
  | 'invert'
  | 'PixelAspectRatio'
>;

function describeImage(header: Header, image: PixelDescription | undefined): ImagePart {
  if (!image)
    return {
      NumberOfFrames: countFrames(header),
      Rows: 0,
      Columns: 0,
      PhotometricInterpretation: 'MONOCHROME2',
      pixelKind: 'uint8',
      windows: [],
      invert: false,
    };
  const isGrey = !isColour(image.PhotometricInterpretation);
  const [vertical, horizontal] = numbers(header, '00280034');
  const hasRatio = vertical !== undefined && horizontal !== undefined && vertical > 0 && horizontal > 0;
  return {
    NumberOfFrames: image.NumberOfFrames,
    Rows: image.Rows,
    Columns: image.Columns,
    PhotometricInterpretation: image.PhotometricInterpretation,
    pixelKind: pixelKindOf(header, image),
    windows: isGrey ? windowsOf(header, image) : [],
    ...(isGrey ? { VOILUTFunction: readVoiFunction(header, 0) } : {}),
    invert: isGrey && isInverted(header, image),
    ...(hasRatio ? { PixelAspectRatio: [vertical, horizontal] as const } : {}),
  };
}

/** The windows; where there is only a VOI LUT, the window over its input values, which is the nearest that a window can come. */
function windowsOf(header: Header, image: PixelDescription): VoiWindow[] {
  const windows = readWindows(header, 0);
  if (windows.length > 0) return windows;
  const kind = pixelKindOf(header, image);
  const table = readVoiLut(header, 0, kind === 'int16' || kind === 'float32');
  if (!table) return [];
  const width = table.entries.length;
  return [{ center: table.first + width / 2, width, ...(table.explanation ? { explanation: table.explanation } : {}) }];
}

/** LossyImageCompression (0028,2110), which stays when the image is decompressed, or a syntax that loses something. */
function isLossy(header: Header): boolean {
  const said = text(header, '00282110');
  return said === '01' || (said !== '00' && isLossySyntax(header.TransferSyntaxUID));
}
