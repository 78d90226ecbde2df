/** Decoded frames as native bytes: single bits, planes, and JPEG whose colours are not those that the data set names. */
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { storedBytes } from '#main/dicom/stored-bytes.ts';
import { temporaryFolder } from '../support/instances.ts';
import { imageFile, noise } from '../support/pixel-files.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

/** One RLE segment of literal runs, PS3.5 Annex G. */
function rle(bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(64);
  head.writeUInt32LE(1, 0);
  head.writeUInt32LE(64, 4);
  return Buffer.concat([head, Buffer.from([bytes.length - 1]), bytes]);
}

test('single bits are packed again', async () => {
  const bits = Uint8Array.from(noise(5, 8));
  const image = { Rows: 5, Columns: 8, BitsAllocated: 1, pixels: [rle(bits)] };
  const path = imageFile(folder.path, 'bits.dcm', image, { TransferSyntaxUID: '1.2.840.10008.1.2.5' });
  expect([...(await storedBytes(path, 0)).bytes]).toEqual([...bits]);
});

const colour = { Rows: 16, Columns: 16, BitsAllocated: 8, SamplesPerPixel: 3 } as const;
// Halved colour differences say that there are some. All of one colour, so that no decoder may interpolate otherwise.
const square = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#c04020' } })
  .jpeg({ quality: 95, chromaSubsampling: '4:2:0' })
  .toBuffer();

test.each([0, 1] as const)('a JPEG in YCbCr that is called RGB becomes RGB, PlanarConfiguration %i', async (planar) => {
  const image = { ...colour, PhotometricInterpretation: 'RGB', PlanarConfiguration: planar, pixels: [square] };
  const path = imageFile(folder.path, `rgb${planar}.dcm`, image, { TransferSyntaxUID: '1.2.840.10008.1.2.4.50' });
  const { bytes } = await storedBytes(path, 0);
  const wanted = await sharp(square).raw().toBuffer();
  expect(bytes.length).toBe(wanted.length);
  const at = (index: number) => (planar ? (index % 3) * 256 + Math.floor(index / 3) : index);
  const differences = [...wanted].map((value, index) => Math.abs(value - (bytes[at(index)] ?? 0)));
  expect(Math.max(...differences)).toBeLessThanOrEqual(3);
});

test('a JPEG that is called YBR stays luminance and colour differences', async () => {
  const image = {
    ...colour,
    PhotometricInterpretation: 'YBR_FULL_422',
    PlanarConfiguration: 0,
    pixels: [square],
  } as const;
  const path = imageFile(folder.path, 'ybr.dcm', image, { TransferSyntaxUID: '1.2.840.10008.1.2.4.50' });
  const { bytes } = await storedBytes(path, 0);
  const [red = 0, green = 0, blue = 0] = await sharp(square).raw().toBuffer();
  expect(Math.abs((bytes[0] ?? 0) - (0.299 * red + 0.587 * green + 0.114 * blue))).toBeLessThanOrEqual(3);
  expect(bytes.length).toBe(768);
});
