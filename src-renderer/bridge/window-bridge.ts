/** The contract's bridge with what only the window needs: the state of its line to the core. */
import type { Bridge } from '#shared/contract.ts';

/** What a bridge knows about its line to the core. */
export type Connection = 'connected' | 'lost';

/** The contract's bridge, and the state of the line. */
export interface WindowBridge extends Bridge {
  /** Told at each change, and with `connected` again after an interruption; the answer stops listening. */
  onConnection(listener: (connection: Connection) => void): () => void;
}
