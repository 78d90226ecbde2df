/** The built window that the tests open in a browser; `npm test` and `npm run build` make it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/shared-data.ts';

/** Folder of the built window: out/window, or another build named by CHAIRSIDE_WINDOW. @throws Error when there is none. */
export function builtWindow(): string {
  const folder = process.env['CHAIRSIDE_WINDOW'] ?? join(root, 'out/window');
  if (!existsSync(join(folder, 'index.html'))) throw new Error('The window is not built: npm run build comes first.');
  return folder;
}
