/** A kept file as a Part 10 file: what was uploaded as a bare data set gets its head on the way out, PS3.10 7.1. */
import { open } from 'node:fs/promises';
import { fileMetaInformation } from '../dicom/part10.ts';
import type { StoredFile } from '../store/store.ts';
import { fileChunks } from './body.ts';

const nothing = new Uint8Array();
const isPart10 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', 128, 132) === 'DICM';

/** The head that a file lacks; empty for a Part 10 file. */
export async function missingHead(stored: StoredFile): Promise<Uint8Array> {
  const file = await open(stored.path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(132), 0, 132, 0);
    return isPart10(buffer.subarray(0, bytesRead)) ? nothing : fileMetaInformation(stored);
  } finally {
    await file.close();
  }
}

/** The bytes of a kept file, its head before them where it lacks one. */
export async function* part10Chunks(stored: StoredFile): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of fileChunks(stored.path, stored.size)) {
    if (isFirst && !isPart10(chunk)) yield fileMetaInformation(stored);
    isFirst = false;
    yield chunk;
  }
}
