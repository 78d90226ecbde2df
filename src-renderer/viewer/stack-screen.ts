/** The screen of an open series: brings frames onto it, one after another, each with the looks of its group. */
import type { SeriesView } from '#shared/model.ts';
import type { ImagePlane, Pair } from './camera.ts';
import { planeOf } from './image-plane.ts';
import { openPainter } from './painter.ts';
import { pixelStatistics } from './pixel-statistics.ts';
import { cameraOf, freshPresentation } from './presentation.ts';
import type { Presentation } from './presentation.ts';
import type { SeriesFrame } from './series-frames.ts';
import type { FramePixels, SeriesPixels } from './series-pixels.ts';
import type { Shown, StackHolder } from './stack-state.ts';
import { ViewerError, viewerErrorValue } from './viewer-error.ts';
import { presetsOf } from './windows.ts';

/** The screen of an open series. */
export interface StackScreen {
  /** Shows a frame as soon as it is here; a later call wins over an earlier one. */
  show(frame: SeriesFrame): Promise<void>;
  /** Changes the looks of what is shown; the size of the screen is in device pixels. */
  change(how: (old: Presentation, plane: ImagePlane, size: Pair) => Presentation): void;
  /** Device pixels for one CSS pixel. */
  pixelRatio(): number;
  close(): void;
}

/** Opens the screen in `element`; `presentations` are those of the groups, kept there. @throws ViewerError `noGraphics` where the computer cannot draw. */
export function openStackScreen(
  element: HTMLDivElement,
  { Modality }: SeriesView,
  holder: StackHolder,
  pixels: SeriesPixels,
  presentations: Map<string, Presentation>,
): StackScreen {
  let taken: SeriesFrame | undefined;
  /** Closed by the person, or by the graphics: nothing is drawn any more. */
  let isClosed = false;
  const painter = openPainter(element, holder.state().frames, {
    onDrawn: () => {
      if (!isClosed) holder.set({ shown: taken && shownNow(taken) });
    },
    onResize: () => redraw(),
    // What stands on the screen is an older picture: it must not be taken for the one that is asked for.
    onLost: () => {
      isClosed = true;
      holder.set({ broken: viewerErrorValue(new ViewerError('graphicsLost')) });
    },
  });

  const presentationOf = ({ group }: SeriesFrame) => presentations.get(group) ?? freshPresentation([]);

  const shownNow = (frame: SeriesFrame): Shown => {
    const presentation = presentationOf(frame);
    const size = painter.size();
    const pixelRatio = painter.pixelRatio();
    return { frame, presentation, size, pixelRatio, camera: cameraOf(presentation, planeOf(frame.instance), size) };
  };

  const redraw = () => {
    if (!taken || isClosed) return;
    painter.measure();
    const { presentation, camera } = shownNow(taken);
    const { invert, VOILUTFunction: voi = 'LINEAR' } = taken.instance;
    painter.restyle(taken, { range: presentation.range, voi, inverted: presentation.inverted !== invert, camera });
  };

  /** The first frame of a group that is shown decides how the group opens. */
  const openGroup = ({ group, instance }: SeriesFrame, picture: FramePixels) => {
    if (presentations.has(group)) return;
    presentations.set(group, freshPresentation(presetsOf(Modality, instance, picture, pixelStatistics(picture))));
  };

  let latest = 0;
  let taking: Promise<unknown> = Promise.resolve();

  /** One frame at a time: the viewport mixes up two that it is given at once. */
  const take = async (frame: SeriesFrame, picture: FramePixels, isOutdated: () => boolean) => {
    const mine = taking.then(async () => {
      if (!isOutdated()) await painter.take(frame, picture.kind);
    });
    taking = mine.catch(() => undefined);
    await mine;
  };

  return {
    show: async (frame) => {
      const turn = ++latest;
      const isOutdated = () => isClosed || turn !== latest;
      try {
        const picture = await pixels.frame(frame.index);
        if (isOutdated()) return;
        openGroup(frame, picture);
        await take(frame, picture, isOutdated);
        if (isOutdated()) return;
        taken = frame;
        redraw();
      } catch (error) {
        if (!isOutdated()) holder.set({ error: viewerErrorValue(error) });
      }
    },
    change: (how) => {
      if (!taken || isClosed || holder.state().error) return;
      presentations.set(taken.group, how(presentationOf(taken), planeOf(taken.instance), painter.size()));
      redraw();
    },
    pixelRatio: painter.pixelRatio,
    close: () => {
      isClosed = true;
      painter.close();
    },
  };
}
