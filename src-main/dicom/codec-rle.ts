/** RLE Lossless, PS3.5 Annex G: byte planes of PackBits segments. */
import { PacsError } from '#shared/errors.ts';

const damaged = (): PacsError =>
  new PacsError('damaged', 'The compressed image data are damaged: an RLE segment is wrong.');

/**
 * Decodes one frame to samples in little endian byte order, one plane per sample after another (planar configuration 1).
 * Segments are the bytes of sample 0 from the most significant down, then those of sample 1 and so on, PS3.5 G.2.
 * @throws PacsError damaged
 */
export function decodeRle(bytes: Uint8Array, pixels: number, samples: number, bytesPerSample: number): Uint8Array {
  if (bytes.length < 64) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count !== samples * bytesPerSample || count > 15) throw damaged();
  const starts = Array.from({ length: count }, (_, index) => view.getUint32(4 + 4 * index, true));
  const output = new Uint8Array(pixels * count);
  for (const [segment, start] of starts.entries()) {
    const end = starts[segment + 1] ?? bytes.length;
    if (start < 64 || end > bytes.length || start >= end) throw damaged();
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(bytes.subarray(start, end), output, sample * pixels * bytesPerSample + byte, bytesPerSample, pixels);
  }
  return output;
}

function unpack(segment: Uint8Array, output: Uint8Array, first: number, step: number, count: number): void {
  let at = 0;
  let done = 0;
  while (done < count) {
    if (at >= segment.length) throw damaged();
    const control = segment[at++]!;
    if (control === 128) continue;
    // Some writers let the last run of a segment go past its end; what is too much is left out, as DCMTK and GDCM do.
    const run = Math.min(control < 128 ? control + 1 : 257 - control, count - done);
    if (control < 128) {
      if (at + run > segment.length) throw damaged();
      for (let i = 0; i < run; i++) output[first + (done + i) * step] = segment[at + i]!;
      at += control + 1;
    } else {
      const value = segment[at++];
      if (value === undefined) throw damaged();
      for (let i = 0; i < run; i++) output[first + (done + i) * step] = value;
    }
    done += run;
  }
}
