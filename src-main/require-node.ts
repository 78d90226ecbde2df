/** What every start does first: stops on a Node that is too old, and keeps compiled code for the next start. */
import module from 'node:module';

/** Node-API version that the native parts need; Node 22.14 and later have it. */
const neededNapi = 10;

/**
 * Ends the process with a sentence when this Node is too old: better-sqlite3 would otherwise end it without a word. Call it
 * before anything native is imported.
 */
export function requireNode(): void {
  if (Number(process.versions.napi) < neededNapi) {
    console.error(
      `Chairside needs Node 22.14 or later (npm ci brings Node 24: start with npm run). This is ${process.version}.`,
    );
    process.exit(1);
  }
  module.enableCompileCache?.();
}
