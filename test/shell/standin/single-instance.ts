/** One instance a data folder: a lock file, and a note in the folder from each later one. */
import { type FSWatcher, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Called in the first instance with the arguments and the folder of a later one. */
export type SecondInstance = (argv: string[], workingDirectory: string) => void;

let held: { readonly file: string; readonly watcher: FSWatcher } | undefined;

/** True for the first instance of that folder; a later one leaves a note for the first and gets false. */
export function takeLock(folder: string, heard: SecondInstance): boolean {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'standin.lock');
  if (isHeld(file)) {
    const note = join(folder, `second-${process.pid}`);
    writeFileSync(note, JSON.stringify([process.argv, process.cwd()]));
    return false;
  }
  writeFileSync(file, String(process.pid));
  const watcher = watch(folder, (_type, name) => name && readNote(join(folder, name), heard));
  watcher.unref();
  held = { file, watcher };
  return true;
}

/** Gives the lock back. */
export function releaseLock(): void {
  held?.watcher.close();
  if (held) rmSync(held.file, { force: true });
  held = undefined;
}

function isHeld(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

function readNote(note: string, heard: SecondInstance): void {
  if (!/second-\d+$/.test(note)) return;
  try {
    const [argv, cwd] = JSON.parse(readFileSync(note, 'utf8')) as [string[], string];
    rmSync(note);
    heard(argv, cwd);
  } catch {
    // Written half, or read already: the next change of the file tells again.
  }
}
