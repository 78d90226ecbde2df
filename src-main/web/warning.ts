/** The Warning header that tells what a request asked for and did not get, PS3.18 8.3.4. */
import type { Settings } from '#shared/settings.ts';
import { dicomWebRoot } from './retrieve-url.ts';

/** `Warning: 299` with the sentences, or nothing where there are none. */
export function warningHeader(settings: Settings, sentences: readonly string[]): Record<string, string> {
  if (sentences.length === 0) return {};
  const text = sentences.join('; ').replace(/["\\]/g, '').slice(0, 1024);
  return { Warning: `299 ${dicomWebRoot(settings) || '/'} "${text}"` };
}
