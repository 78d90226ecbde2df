/** The plane of an instance for display: its own geometry, or plain pixels where it has none. */
import type { InstanceView } from '#shared/model.ts';
import type { ImagePlane, Vector } from './camera.ts';

/** Spacing for display: mm where known, else the shape of a pixel (PS3.3 C.7.6.3.1.7: vertical, horizontal) with columns 1 wide. */
function displaySpacing({ spacing, PixelAspectRatio }: InstanceView): readonly [number, number] {
  if (spacing && spacing.every((length) => length > 0)) return spacing;
  const [vertical, horizontal] = PixelAspectRatio ?? [1, 1];
  const ratio = vertical / horizontal;
  return Number.isFinite(ratio) && ratio > 0 ? [ratio, 1] : [1, 1];
}

/** Where the frames of an instance lie. */
export function planeOf(instance: InstanceView): ImagePlane {
  const [rowSpacing, columnSpacing] = displaySpacing(instance);
  const orientation = instance.ImageOrientationPatient ?? [1, 0, 0, 0, 1, 0];
  return {
    rows: instance.Rows,
    columns: instance.Columns,
    rowSpacing,
    columnSpacing,
    origin: instance.ImagePositionPatient ?? [0, 0, 0],
    rowCosines: orientation.slice(0, 3) as unknown as Vector,
    columnCosines: orientation.slice(3, 6) as unknown as Vector,
  };
}
