/** Where an image lies and how large its pixels are: PixelSpacing, ImagerPixelSpacing, ultrasound regions, plane position. */
import type { InstanceView } from '#shared/model.ts';
import type { Header } from './data-set.ts';
import { groupOrTop } from './pixel-groups.ts';
import type { ValueSource } from './values.ts';
import { number, numbers, sequence, text } from './values.ts';

type Spacing = Pick<InstanceView, 'spacing' | 'spacingSource'>;

/** Row and column spacing in mm and where it comes from; nothing where it is unknown. */
export function readSpacing(header: Header): Spacing {
  const pixel = pair(groupOrTop(header, '00289110', 0), '00280030');
  if (pixel) return { spacing: pixel, spacingSource: 'PixelSpacing' };
  const imager = pair(header, '00181164');
  if (imager) return { spacing: imager, spacingSource: 'ImagerPixelSpacing' };
  const region = regionSpacing(header);
  return region ? { spacing: region, spacingSource: 'UltrasoundRegion' } : {};
}

function pair(source: ValueSource, tag: string): readonly [number, number] | undefined {
  const [row, column] = numbers(source, tag);
  return isLength(row) && isLength(column) ? [row, column] : undefined;
}

// A thousandth of a millimetre to a tenth of a metre: slides and whole-body overviews lie between.
const isLength = (value: number | undefined): value is number => value !== undefined && value >= 1e-6 && value <= 100;

const centimetre = 3;
const tissue = 1;

/**
 * The scale of the two-dimensional regions (PS3.3 C.8.5.5), where all of them that are measured in cm agree: the window has
 * one scale for the whole image, so an image with two different ones has none.
 */
function regionSpacing(header: Header): readonly [number, number] | undefined {
  const scales = sequence(header, '00186011').flatMap((region) => {
    const isFlat = number(region, '00186012') === tissue;
    const inCentimetres = number(region, '00186024') === centimetre && number(region, '00186026') === centimetre;
    const [x, y] = [number(region, '0018602C'), number(region, '0018602E')].map((delta) => Math.abs(delta ?? 0) * 10);
    return isFlat && inCentimetres && isLength(x) && isLength(y) ? [[y, x] as const] : [];
  });
  const [first] = scales;
  const agree = scales.every((scale) => scale.every((value, index) => Math.abs(value / first![index]! - 1) < 0.001));
  return agree ? first : undefined;
}

type Geometry = Pick<
  InstanceView,
  'ImagePositionPatient' | 'ImageOrientationPatient' | 'FrameOfReferenceUID' | 'SliceThickness'
>;

/** Position, orientation and thickness of the first frame; each only where it is whole and sensible. */
export function readGeometry(header: Header): Geometry {
  const position = finite(numbers(groupOrTop(header, '00209113', 0), '00200032'), 3);
  const orientation = finite(numbers(groupOrTop(header, '00209116', 0), '00200037'), 6);
  const thickness = number(groupOrTop(header, '00289110', 0), '00180050');
  const FrameOfReferenceUID = text(header, '00200052');
  return {
    ...(position ? { ImagePositionPatient: position as [number, number, number] } : {}),
    ...(orientation && isOrientation(orientation)
      ? { ImageOrientationPatient: orientation as [number, number, number, number, number, number] }
      : {}),
    ...(FrameOfReferenceUID ? { FrameOfReferenceUID } : {}),
    ...(thickness !== undefined && thickness > 0 ? { SliceThickness: thickness } : {}),
  };
}

const finite = (values: number[], count: number): number[] | undefined =>
  values.length === count && values.every(Number.isFinite) ? values : undefined;

/** Two unit vectors at a right angle, as far as printed decimals go, PS3.3 C.7.6.2.1.1. */
function isOrientation([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: readonly number[]): boolean {
  const isUnit = (...parts: number[]): boolean => Math.abs(Math.hypot(...parts) - 1) < 0.01;
  return isUnit(a, b, c) && isUnit(d, e, f) && Math.abs(a * d + b * e + c * f) < 0.01;
}
