/** Values between page and main process as text: what the application sends, and a refusal of all else. */

/**
 * Makes the two functions; also runs as source text in the page, so it uses nothing from outside itself. What structured
 * clone refuses is refused alike; what it takes beyond plain data is not implemented in the stand-in.
 */
export function makeCodec(): { encode(value: unknown): string; decode(text: string): unknown } {
  const undefinedMark = '\u0000undefined';
  const plain = (value: unknown): unknown => {
    if (value === undefined) return undefinedMark;
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
    throw new Error(`${Object.prototype.toString.call(value)} over IPC is not implemented in the stand-in`);
  };
  const real = (value: unknown): unknown => {
    if (value === undefinedMark) return undefined;
    if (Array.isArray(value)) return value.map(real);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, real(item)]));
  };
  return {
    encode: (value) => JSON.stringify(plain(structuredClone(value))),
    decode: (text) => real(JSON.parse(text)),
  };
}

/** The codec of the main process. */
export const { encode, decode } = makeCodec();
