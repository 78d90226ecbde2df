/** The conformance statement that is in the repository is the one of this program. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describedConformance } from '#main/conformance.ts';
import { root } from './support/shared-data.ts';

it('docs/conformance.md is what `npm run conformance` writes', async () => {
  expect(await readFile(join(root, 'docs/conformance.md'), 'utf8')).toBe(describedConformance());
});
