/** One file from the window into the archive. */
import type { WebDeps } from './deps.ts';
import { requestBody } from './request-body.ts';
import type { Handler } from './routes.ts';

const longestName = 200;

/** The file's name as the window tells it, fit to be kept and shown: no control or direction characters (joiners are part of words), the end of a long path. */
function cleanName(told: string | undefined): string {
  const signs = [
    ...(told ?? '')
      .toWellFormed()
      .replace(/[^\P{C}\u200C\u200D]+/gu, ' ')
      .trim(),
  ];
  if (signs.length === 0) return 'import';
  return signs.length > longestName ? `…${signs.slice(1 - longestName).join('')}` : signs.join('');
}

/** Answers `POST /window/import?name=`: the body is the file, the answer its Receipt; throws what the archive throws. */
export const answerImport =
  ({ store, settings }: WebDeps): Handler =>
  async (c) => {
    const body = requestBody(c, settings.Chairside.MaximumInstanceSizeMB * 2 ** 20);
    const receipt = await store.receive(body, { kind: 'import', path: cleanName(c.req.query('name')) });
    return new Response(JSON.stringify(receipt), { headers: { 'Content-Type': 'application/json' } });
  };
