/** Opens the next files while one is being sent. */
import type { StoredFile } from '../store/store.ts';
import type { OutgoingInstance } from './outgoing-instance.ts';

/* One is being read from disk and one being changed by a thread while the one before them is sent. */
const ahead = 2;

/** A file in its turn. */
export interface Turn {
  readonly file: StoredFile;
  /** Rejects where it cannot be sent; whoever takes the turn closes it. */
  readonly opened: Promise<OutgoingInstance>;
}

/** The files in their order until the signal, the next ones already being opened; what nobody took is closed. */
export async function* inTurn(
  files: readonly StoredFile[],
  open: (file: StoredFile) => Promise<OutgoingInstance>,
  signal: AbortSignal,
): AsyncGenerator<Turn, void, undefined> {
  const waiting: Turn[] = [];
  try {
    for (const [at, file] of files.entries()) {
      if (signal.aborted) return;
      for (let next = at + waiting.length; next < Math.min(files.length, at + 1 + ahead); next++)
        waiting.push(begin(files[next]!, open));
      const turn = waiting.shift();
      if (turn?.file === file) yield turn;
    }
  } finally {
    for (const { opened } of waiting)
      await opened.then(
        (outgoing) => outgoing.close(true),
        () => undefined,
      );
  }
}

function begin(file: StoredFile, open: (file: StoredFile) => Promise<OutgoingInstance>): Turn {
  const opened = open(file);
  opened.catch(() => undefined);
  return { file, opened };
}
