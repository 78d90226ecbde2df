/** Tells Cornerstone about our images: a loader for `pacs:` ids whose pixels are already here, and their metadata. */
import { cache, imageLoader, metaData, utilities } from '@cornerstonejs/core';
import type { Types } from '@cornerstonejs/core';
import type { ImagePlane } from './camera.ts';
import type { SeriesFrame } from './series-frames.ts';
import type { FramePixels, SeriesPixels } from './series-pixels.ts';
import { planeOf } from './image-plane.ts';
import { ViewerError } from './viewer-error.ts';
import type { ShownRange } from './windows.ts';

interface Source {
  readonly frame: SeriesFrame;
  readonly modality: string;
  readonly pixels: SeriesPixels;
}

const sources = new Map<string, Source>();

/** Offers the frames of a series to Cornerstone; the answer takes them back, out of its cache too. */
export function offerSeries(frames: readonly SeriesFrame[], modality: string, pixels: SeriesPixels): () => void {
  for (const frame of frames) sources.set(frame.imageId, { frame, modality, pixels });
  return () => {
    for (const { imageId } of frames) {
      sources.delete(imageId);
      if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId, { force: true });
    }
  };
}

/** Registers loader and provider; once for the life of the window. */
export function registerPacsImages(): void {
  imageLoader.registerImageLoader(
    'pacs',
    (imageId) => ({ promise: load(imageId) }) as unknown as Types.IImageLoadObject,
  );
  metaData.addProvider((type: string, imageId: unknown) => metadataOf(type, imageId), 1000);
}

async function load(imageId: string): Promise<Types.IImage> {
  const source = sources.get(imageId);
  if (!source) throw new ViewerError('closed');
  return imageOf(source.frame, await source.pixels.frame(source.frame.index));
}

/** The whole range of a kind; the view sets the range that is really shown. */
const kindRange: Readonly<Record<FramePixels['kind'], ShownRange>> = {
  uint8: { lower: 0, upper: 255 },
  rgb8: { lower: 0, upper: 255 },
  int16: { lower: -32768, upper: 32767 },
  uint16: { lower: 0, upper: 65535 },
  float32: { lower: 0, upper: 1 },
};

function imageOf({ imageId, instance }: SeriesFrame, { kind, rows, columns, samples }: FramePixels): Types.IImage {
  const color = kind === 'rgb8';
  const components = color ? 3 : 1;
  const { lower, upper } = kindRange[kind];
  const { rowSpacing, columnSpacing } = planeOf(instance);
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({
    width: columns,
    height: rows,
    numberOfComponents: components,
    scalarData: samples,
  });
  return {
    imageId,
    dataType: samples.constructor.name as Types.PixelDataTypedArrayString,
    minPixelValue: lower,
    maxPixelValue: upper,
    intercept: 0,
    slope: 1,
    windowCenter: (lower + upper + 1) / 2,
    windowWidth: upper - lower + 1,
    voiLUTFunction: (instance.VOILUTFunction ?? 'LINEAR') as Types.IImage['voiLUTFunction'],
    rows,
    columns,
    height: rows,
    width: columns,
    color,
    rgba: false,
    numberOfComponents: components,
    photometricInterpretation: color ? 'RGB' : 'MONOCHROME2',
    rowPixelSpacing: rowSpacing,
    columnPixelSpacing: columnSpacing,
    invert: false,
    sizeInBytes: samples.byteLength,
    preScale: {
      enabled: true,
      scaled: true,
      scalingParameters: { rescaleSlope: 1, rescaleIntercept: 0, modality: '' },
    },
    voxelManager: voxelManager as Types.IImage['voxelManager'],
    getPixelData: () => samples,
    getCanvas: () => document.createElement('canvas'),
  };
}

/** Pixels come as modality values, inverted ones are inverted by the view: Cornerstone sees plain MONOCHROME2 or RGB. */
function metadataOf(type: string, imageId: unknown): unknown {
  const source = typeof imageId === 'string' ? sources.get(imageId) : undefined;
  if (!source) return undefined;
  const { frame, modality } = source;
  switch (type) {
    case 'generalSeriesModule':
      return { modality };
    case 'imagePlaneModule':
      return planeModule(frame, planeOf(frame.instance));
    case 'imagePixelModule':
      return pixelModule(frame);
    default:
      return undefined;
  }
}

function planeModule({ instance }: SeriesFrame, plane: ImagePlane) {
  return {
    frameOfReferenceUID: instance.FrameOfReferenceUID,
    rows: plane.rows,
    columns: plane.columns,
    imageOrientationPatient: [...plane.rowCosines, ...plane.columnCosines],
    rowCosines: plane.rowCosines,
    columnCosines: plane.columnCosines,
    imagePositionPatient: plane.origin,
    sliceThickness: instance.SliceThickness,
    rowPixelSpacing: plane.rowSpacing,
    columnPixelSpacing: plane.columnSpacing,
    // Where true, measuring tools answer in pixels, never in mm.
    usingDefaultValues: instance.spacing === undefined,
  };
}

function pixelModule({ instance: { Rows, Columns, pixelKind } }: SeriesFrame) {
  const isColor = pixelKind === 'rgb8';
  const bits = { uint8: 8, rgb8: 8, int16: 16, uint16: 16, float32: 32 }[pixelKind];
  return {
    rows: Rows,
    columns: Columns,
    photometricInterpretation: isColor ? 'RGB' : 'MONOCHROME2',
    samplesPerPixel: isColor ? 3 : 1,
    bitsAllocated: bits,
    bitsStored: bits,
    highBit: bits - 1,
    pixelRepresentation: pixelKind === 'int16' ? 1 : 0,
  };
}
