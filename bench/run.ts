/** `npm run bench -- NAME [ROUNDS]`: speed measured side by side against other servers; never a test. */
import { cpus } from 'node:os';
import { crowd } from './crowd.ts';
import { find } from './find.ts';
import { findGrowth } from './find-growth.ts';
import { growth } from './growth.ts';
import { ingest } from './ingest.ts';
import { retrieve } from './retrieve.ts';

const benches: Record<string, (rounds?: number) => Promise<void>> = {
  ingest,
  growth,
  find,
  crowd,
  'find-growth': findGrowth,
  retrieve,
};
const [name = '', rounds] = process.argv.slice(2);
const bench = benches[name];
if (!bench) {
  console.error(`Which one? ${Object.keys(benches).join(', ')}`);
  process.exit(1);
}
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, Node ${process.version}\n`,
);
await bench(rounds ? Number(rounds) : undefined);
