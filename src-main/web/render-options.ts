/** Reads how a rendered image is wanted from a request's parameters, PS3.18 8.3.5. */
import { PacsError } from '#shared/errors.ts';
import type { RenderOptions } from '../dicom/render-frame.ts';

const bad = (sentence: string) => new PacsError('bad-request', sentence);
const functions = { linear: 'LINEAR', 'linear-exact': 'LINEAR_EXACT', sigmoid: 'SIGMOID' } as const;
const maximumSide = 8192;

function windowOf(text: string): NonNullable<RenderOptions['window']> {
  const [center, width, name = 'linear', ...rest] = text.split(',').map((part) => part.trim());
  const numbers = [center, width].map((part) => (part ? Number(part) : Number.NaN));
  const isKnown = Object.hasOwn(functions, name.toLowerCase());
  if (!numbers.every(Number.isFinite) || rest.length > 0 || !isKnown || Number(width) <= 0)
    throw bad('The parameter window must be center,width or center,width,linear|linear-exact|sigmoid.');
  return {
    center: numbers[0] as number,
    width: numbers[1] as number,
    function: functions[name.toLowerCase() as keyof typeof functions],
  };
}

function viewportOf(text: string): NonNullable<RenderOptions['viewport']> {
  const parts = text.split(',').map((part) => part.trim());
  const [width, height] = parts.map(Number);
  const isSide = (side?: number): side is number =>
    Number.isInteger(side) && Number(side) >= 1 && Number(side) <= maximumSide;
  if (!isSide(width) || !isSide(height) || (parts.length !== 2 && parts.length !== 6))
    throw bad(`The parameter viewport must be width,height of 1 to ${maximumSide} pixels.`);
  return { width, height };
}

function qualityOf(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1 || Number(text) > 100)
    throw bad('The parameter quality must be a whole number from 1 to 100.');
  return Number(text);
}

/** The wishes of a request, and sentences for those that are not honoured. Throws `bad-request` for malformed ones. */
export function parseRenderOptions(params: URLSearchParams): {
  readonly options: Omit<RenderOptions, 'format'>;
  readonly warnings: readonly string[];
} {
  const [window, viewport, quality] = [params.get('window'), params.get('viewport'), params.get('quality')];
  const isCropped = viewport !== null && viewport.split(',').length === 6;
  return {
    options: {
      ...(window === null ? {} : { window: windowOf(window) }),
      ...(viewport === null ? {} : { viewport: viewportOf(viewport) }),
      ...(quality === null ? {} : { quality: qualityOf(quality) }),
    },
    warnings: [
      ...['annotation', 'iccprofile']
        .filter((name) => params.has(name))
        .map((name) => `The parameter ${name} is not supported`),
      ...(isCropped ? ['The source rectangle of viewport is not supported'] : []),
    ],
  };
}
