/** `npm run conformance`: writes docs/conformance.md. */
import { requireNode } from './require-node.ts';

requireNode();
const [{ writeFile }, { join }, { describedConformance }] = await Promise.all([
  import('node:fs/promises'),
  import('node:path'),
  import('./conformance.ts'),
]);
await writeFile(join(import.meta.dirname, '../docs/conformance.md'), describedConformance());
