/** The code of a transcoding thread: one file after the other. */
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { errorValue, type PacsErrorValue } from '#shared/errors.ts';
import { transcodeFile } from './transcode-file.ts';
import type { Written } from './transcode-sink.ts';

/** What a thread is asked for. */
export interface TranscodeTask {
  readonly path: string;
  readonly TransferSyntaxUID: string;
  /** Beginning of the names of the files that it makes. */
  readonly workPath: string;
}

/** What it answers; errors go as values, since a thread's PacsError would arrive without its code. */
export type TranscodeAnswer = { readonly value: Written } | { readonly error: PacsErrorValue };

/** Runs one task; bytes are handed over, not copied. */
export async function runTranscodeTask({ path, TransferSyntaxUID, workPath }: TranscodeTask): Promise<TranscodeAnswer> {
  try {
    const value = await transcodeFile(path, TransferSyntaxUID, workPath);
    const buffers = value.parts.flatMap((part) => (part instanceof Uint8Array ? [part.buffer] : []));
    return move({ [transferableSymbol]: buffers, [valueSymbol]: { value } } as never) as unknown as TranscodeAnswer;
  } catch (error) {
    return { error: errorValue(error) };
  }
}
