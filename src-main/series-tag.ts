/** The tag of a series: names exactly these instances with these frames, so that view and pixels count frames alike. */
import { createHash } from 'node:crypto';
import type { StoredFile } from './store/store.ts';

/** Changes whenever an instance comes, goes or is replaced. */
export const seriesTag = (files: readonly StoredFile[]): string =>
  createHash('sha1')
    .update(files.map(({ path, NumberOfFrames }) => `${path} ${NumberOfFrames}`).join('\n'))
    .digest('base64url');
