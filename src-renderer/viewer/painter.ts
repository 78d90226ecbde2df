/** Paints one frame at a time into an element through a Cornerstone stack viewport, exactly as it is told to. */
import { CONSTANTS, Enums } from '@cornerstonejs/core';
import type { Types } from '@cornerstonejs/core';
import type { Camera, ImagePlane, Pair } from './camera.ts';
import { cross, toPatient, towards } from './camera.ts';
import { disableStack, enableStack, resizeViewports } from './engine.ts';
import { planeOf } from './image-plane.ts';
import type { SeriesFrame } from './series-frames.ts';
import type { FramePixels } from './series-pixels.ts';
import { ViewerError } from './viewer-error.ts';
import { watchSize } from './watch-size.ts';
import type { ShownRange, VOILUTFunction } from './windows.ts';

/** How a frame is to look. */
interface Look {
  readonly range: ShownRange;
  readonly voi: VOILUTFunction;
  readonly inverted: boolean;
  readonly camera: Camera;
}

/** A screen for frames of one series. */
export interface Painter {
  /** Takes note of what size the element has by now. */
  measure(): void;
  /** Size of the screen in device pixels. */
  size(): Pair;
  /** Device pixels for one CSS pixel, as the screen is drawn now. */
  pixelRatio(): number;
  /** Takes a frame whose pixels are here; `restyle` has to follow. @throws ViewerError `cannotDraw` when it cannot be drawn. */
  take(frame: SeriesFrame, kind: FramePixels['kind']): Promise<void>;
  /** Draws the taken frame with this look in the next animation frame. */
  restyle(frame: SeriesFrame, look: Look): void;
  close(): void;
}

const voiFunctions = {
  LINEAR: Enums.VOILUTFunctionType.LINEAR,
  LINEAR_EXACT: Enums.VOILUTFunctionType.LINEAR_EXACT,
  SIGMOID: Enums.VOILUTFunctionType.SAMPLED_SIGMOID,
} as const;

/** Opens a painter in `element`; `onDrawn` hears each picture that is on the screen, `onResize` each new size, `onLost` the end. */
export function openPainter(
  element: HTMLDivElement,
  frames: readonly SeriesFrame[],
  heard: { onDrawn(): void; onResize(): void; onLost(): void },
): Painter {
  const viewport = enableStack('main', element, heard.onLost);
  const imageIds = frames.map(({ imageId }) => imageId);
  let shape: string | undefined;

  const unwatch = watchSize(element, heard.onResize);
  element.addEventListener(Enums.Events.IMAGE_RENDERED, heard.onDrawn);

  return {
    measure: resizeViewports,
    size: () => [viewport.sWidth, viewport.sHeight],
    pixelRatio: () => viewport.sWidth / (element.clientWidth || viewport.sWidth),
    take: async (frame, kind) => {
      const wanted = shapeOf(frame, kind);
      // Cornerstone keeps its texture from image to image and looks at their sizes only: a new shape needs a new start.
      if (wanted !== shape) await viewport.setStack(imageIds, frame.index);
      else await viewport.setImageIdIndex(frame.index);
      if (
        viewport.getCornerstoneImage()?.imageId !== frame.imageId &&
        viewport.getCurrentImageIdIndex() === frame.index
      )
        throw new ViewerError('cannotDraw');
      shape = wanted;
    },
    restyle: (frame, look) => restyle(viewport, frame, look),
    close: () => {
      unwatch();
      element.removeEventListener(Enums.Events.IMAGE_RENDERED, heard.onDrawn);
      disableStack(viewport);
    },
  };
}

const shapeOf = ({ instance }: SeriesFrame, kind: FramePixels['kind']): string => {
  const { rows, columns, rowSpacing, columnSpacing, rowCosines, columnCosines } = planeOf(instance);
  return [kind, rows, columns, rowSpacing, columnSpacing, rowCosines, columnCosines].join(' ');
};

function restyle(viewport: Types.IStackViewport, frame: SeriesFrame, { range, voi, inverted, camera }: Look): void {
  viewport.setProperties({
    voiRange: range,
    VOILUTFunction: voiFunctions[voi],
    invert: inverted,
    // Enlarged past recognition, pixels are shown as what they are.
    interpolationType: camera.scale > 12 ? Enums.InterpolationType.NEAREST : Enums.InterpolationType.LINEAR,
  });
  viewport.setCamera(vtkCamera(planeOf(frame.instance), camera, viewport.sHeight));
  viewport.render();
}

/** Our camera as Cornerstone's: it looks along the axis into the image. */
function vtkCamera(plane: ImagePlane, { center, scale, turn }: Camera, height: number): Partial<Types.ICamera> {
  const [right, down] = [towards(plane, turn.right), towards(plane, turn.down)];
  const into = cross(right, down);
  const focalPoint = toPatient(plane, center);
  const distance = plane.rows * plane.rowSpacing + plane.columns * plane.columnSpacing;
  return {
    viewUp: [-down[0], -down[1], -down[2]],
    viewPlaneNormal: [-into[0], -into[1], -into[2]],
    focalPoint: [...focalPoint],
    position: [
      focalPoint[0] - into[0] * distance,
      focalPoint[1] - into[1] * distance,
      focalPoint[2] - into[2] * distance,
    ],
    // Else the range of the camera's former place is kept, and the image may lie outside of it.
    clippingRange: [
      -CONSTANTS.RENDERING_DEFAULTS.MAXIMUM_RAY_DISTANCE,
      CONSTANTS.RENDERING_DEFAULTS.MAXIMUM_RAY_DISTANCE,
    ],
    parallelScale: ((height / 2) * plane.columnSpacing) / scale,
  };
}
