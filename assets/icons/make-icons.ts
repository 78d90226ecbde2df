/** Draws the raster icons beside it from the two SVG files; run by hand after a change of them: `node assets/icons/make-icons.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';

const here = import.meta.dirname;
const app = readFileSync(`${here}/icon.svg`);
const tooth = readFileSync(`${here}/tray.svg`, 'utf8');

const draw = (svg: string | Buffer, size: number): Promise<Buffer> =>
  sharp(Buffer.from(svg), { density: 288 })
    .resize(size, size, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .png({ compressionLevel: 9 })
    .toBuffer();

/** Windows icon: a directory of 16 bytes an image, then PNG files. */
async function ico(sizes: readonly number[]): Promise<Buffer> {
  const images = await Promise.all(sizes.map((size) => draw(app, size)));
  const head = Buffer.alloc(6 + 16 * sizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sizes.length, 4);
  let offset = head.length;
  images.forEach((image, index) => {
    const at = 6 + 16 * index;
    head.fill((sizes[index] ?? 0) % 256, at, at + 2);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(image.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += image.length;
  });
  return Buffer.concat([head, ...images]);
}

/** macOS icon: blocks of a type, a length and a PNG file. */
async function icns(types: readonly (readonly [string, number])[]): Promise<Buffer> {
  const block = (type: string, body: Buffer) => {
    const head = Buffer.from(`${type}    `, 'latin1');
    head.writeUInt32BE(8 + body.length, 4);
    return Buffer.concat([head, body]);
  };
  return block(
    'icns',
    Buffer.concat(await Promise.all(types.map(async ([type, size]) => block(type, await draw(app, size))))),
  );
}

const macTypes = [
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
  ['ic11', 32],
  ['ic12', 64],
] as const;
const write = async (name: string, bytes: Promise<Buffer>) => writeFileSync(`${here}/${name}`, await bytes);
await write('icon.png', draw(app, 512));
await write('icon.ico', ico([16, 24, 32, 48, 64, 128, 256]));
await write('icon.icns', icns(macTypes));
for (const [suffix, size] of [
  ['', 16],
  ['@2x', 32],
] as const) {
  await write(`tray${suffix}.png`, draw(tooth.replace('<path', '<path fill="#22b8cf"'), size));
  await write(`trayTemplate${suffix}.png`, draw(tooth, size));
}
