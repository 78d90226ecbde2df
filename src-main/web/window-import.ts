/** One file from the window into the archive. */
import type { WebDeps } from './deps.ts';
import { requestBody } from './request-body.ts';
import type { Handler } from './routes.ts';
import { originOf } from './stow.ts';

/** Answers `POST /window/import`: the body is the file, the answer its Receipt; throws what the archive throws. */
export const answerImport =
  ({ store, settings }: WebDeps): Handler =>
  async (c) => {
    const body = requestBody(c, settings.Chairside.MaximumInstanceSizeMB * 2 ** 20);
    const receipt = await store.receive(body, originOf(c));
    return new Response(JSON.stringify(receipt), { headers: { 'Content-Type': 'application/json' } });
  };
