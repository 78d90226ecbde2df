/** Writes frames in RLE Lossless, PS3.5 Annex G. */

/** One frame of samples side by side (little endian cells of `bytesPerSample`) as an RLE frame. */
export function encodeRle(bytes: Uint8Array, samples: number, bytesPerSample: number, columns: number): Uint8Array {
  const step = samples * bytesPerSample;
  const segments: Uint8Array[] = [];
  for (let sample = 0; sample < samples; sample++)
    for (let byte = bytesPerSample - 1; byte >= 0; byte--)
      segments.push(packed(bytes, sample * bytesPerSample + byte, step, columns));
  const head = new DataView(new ArrayBuffer(64));
  head.setUint32(0, segments.length, true);
  let offset = 64;
  for (const [index, segment] of segments.entries()) {
    head.setUint32(4 + 4 * index, offset, true);
    offset += segment.length;
  }
  return Buffer.concat([new Uint8Array(head.buffer), ...segments]);
}

/* Rows are packed for themselves, as G.3.1 wants it; an even number of bytes, G.3.2. */
function packed(bytes: Uint8Array, first: number, step: number, columns: number): Uint8Array {
  const count = Math.ceil((bytes.length - first) / step);
  const output = new Uint8Array(count + Math.ceil(count / 128) + Math.ceil(count / columns) * 2 + 2);
  const plane = new Uint8Array(count);
  for (let at = 0; at < count; at++) plane[at] = bytes[first + at * step]!;
  let size = 0;
  for (let row = 0; row < count; row += columns)
    size = packRow(plane, row, Math.min(row + columns, count), output, size);
  return output.subarray(0, size + (size % 2));
}

function packRow(plane: Uint8Array, from: number, to: number, output: Uint8Array, start: number): number {
  let size = start;
  for (let at = from; at < to;) {
    const run = runLength(plane, at, Math.min(to, at + 128));
    if (run >= 2) {
      output[size++] = 257 - run;
      output[size++] = plane[at]!;
      at += run;
      continue;
    }
    const end = literalEnd(plane, at, Math.min(to, at + 128));
    output[size++] = end - at - 1;
    for (; at < end; at++) output[size++] = plane[at]!;
  }
  return size;
}

function runLength(plane: Uint8Array, from: number, to: number): number {
  let at = from + 1;
  while (at < to && plane[at] === plane[from]) at++;
  return at - from;
}

/* Two equal bytes within other ones cost no less as a run of their own. */
function literalEnd(plane: Uint8Array, from: number, to: number): number {
  for (let at = from + 1; at + 2 < to; at++) if (plane[at] === plane[at + 1] && plane[at] === plane[at + 2]) return at;
  return to;
}
