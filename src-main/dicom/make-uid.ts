/** New UIDs, PS3.5 B.2. */
import { randomUUID } from 'node:crypto';

/** A UID that nobody has had before: a random UUID as a number. */
export const makeUid = (): string => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
