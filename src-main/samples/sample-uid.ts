/** UIDs of the samples: always the same for the same seed and name, so that samples added twice are duplicates. */
import { createHash } from 'node:crypto';

/** A UID under 2.25 (PS3.5 B.2) from a hash of its parts, with the version and variant bits of a name-based UUID. */
export const sampleUid = (...parts: readonly (string | number)[]): string => {
  const bytes = createHash('sha256')
    .update(['chairside samples', ...parts].join('\n'))
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
};
