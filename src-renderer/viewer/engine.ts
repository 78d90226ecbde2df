/** The one rendering engine of the window, and the one viewport in it. */
import { Enums, RenderingEngine, getConfiguration, getRenderingEngine, init } from '@cornerstonejs/core';
import type { Types } from '@cornerstonejs/core';
import { registerPacsImages } from './pacs-images.ts';
import { ViewerError } from './viewer-error.ts';

const engineId = 'chairside';

/** Started once and kept: engines that come and go use up the browser's WebGL contexts. */
function engine(): RenderingEngine {
  const running = getRenderingEngine(engineId) as RenderingEngine | undefined;
  if (running) return running;
  if (!hasWebGL()) throw new ViewerError('noGraphics');
  // One context is enough for all viewports, and each costs memory.
  init({ ...getConfiguration(), rendering: { ...getConfiguration().rendering, webGlContextCount: 1 } });
  registerPacsImages();
  return new RenderingEngine(engineId);
}

const hasWebGL = (): boolean => document.createElement('canvas').getContext('webgl2') !== null;

/** Puts a stack viewport into `element`; an earlier one of the same id is taken away. @throws ViewerError `noGraphics` without WebGL. */
export function enableStack(viewportId: string, element: HTMLDivElement): Types.IStackViewport {
  const running = engine();
  running.enableElement({
    viewportId,
    element,
    type: Enums.ViewportType.STACK,
    defaultOptions: { background: [0, 0, 0] },
  });
  return running.getViewport(viewportId) as Types.IStackViewport;
}

/** Takes a viewport away with all it drew. */
export function disableStack(viewport: Types.IStackViewport): void {
  viewport.removeAllActors();
  engine().disableElement(viewport.id);
}

/** Fits all viewports to their elements; what they show has to be placed anew. */
export function resizeViewports(): void {
  engine().resize(false, true);
}
