/** The one rendering engine of the window, and the one viewport in it. */
import { Enums, RenderingEngine, eventTarget, getConfiguration, getRenderingEngine, init } from '@cornerstonejs/core';
import type { Types } from '@cornerstonejs/core';
import { registerPacsImages } from './pacs-images.ts';
import { ViewerError } from './viewer-error.ts';

/** The engine that draws. Kept: engines that come and go use up the browser's WebGL contexts. */
let engineId = '';
let engines = 0;
/** The computer took the graphics away (PC asleep, driver restarted): the engine never draws again. */
let isLost = false;
let tellLoss: (() => void) | undefined;

function engine(): RenderingEngine {
  const running = getRenderingEngine(engineId) as RenderingEngine | undefined;
  if (running && !isLost) return running;
  running?.destroy();
  if (!hasWebGL()) throw new ViewerError('noGraphics');
  if (engines === 0) prepare();
  engineId = `chairside-${++engines}`;
  isLost = false;
  return new RenderingEngine(engineId);
}

/** Once for the life of the window. */
function prepare(): void {
  // One context is enough for all viewports, and each costs memory.
  init({ ...getConfiguration(), rendering: { ...getConfiguration().rendering, webGlContextCount: 1 } });
  registerPacsImages();
  eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, (event: Event) => {
    // An engine that was replaced loses its context too; each has an id of its own.
    if ((event as CustomEvent<{ renderingEngineId: string }>).detail.renderingEngineId !== engineId) return;
    isLost = true;
    tellLoss?.();
  });
}

function hasWebGL(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  // Given back at once: browsers have few of them.
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

/**
 * Puts a stack viewport into `element`; an earlier one of the same id is taken away. `onLost` hears when it can draw no
 * more. @throws ViewerError `noGraphics` without WebGL.
 */
export function enableStack(viewportId: string, element: HTMLDivElement, onLost: () => void): Types.IStackViewport {
  const running = engine();
  tellLoss = onLost;
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
  tellLoss = undefined;
  viewport.removeAllActors();
  getRenderingEngine(engineId)?.disableElement(viewport.id);
}

/** Fits all viewports to their elements; what they show has to be placed anew. */
export function resizeViewports(): void {
  getRenderingEngine(engineId)?.resize(false, true);
}
