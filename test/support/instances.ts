/** Small instances and streams for tests of the archive. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IndexedKeyword } from '#shared/attributes.ts';
import { buildPart10, instanceElements } from './build-data-set.ts';

/** A Part 10 file of a few hundred bytes with these values; UIDs follow from the numbers if not given. */
export function smallInstance(
  values: Partial<Record<IndexedKeyword, string>> = {},
  pixels: Uint8Array = new Uint8Array(16),
): Uint8Array {
  const elements = Object.entries(values).map(([tag, value]) => ({ tag, value }));
  return buildPart10({
    elements: instanceElements([
      { tag: 'SpecificCharacterSet', value: 'ISO_IR 192' },
      ...elements,
      { tag: '7FE00010', vr: 'OB', value: pixels },
    ]),
  });
}

/** The bytes as a stream in pieces of `size`. */
export async function* inPieces(bytes: Uint8Array, size = bytes.length || 1): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** SHA-256 in hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A temporary folder and its removal. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'chairside-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
