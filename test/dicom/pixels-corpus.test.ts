/** Stored values of the corpus against what pydicom, GDCM and DCMTK decode, and hostile files within bounds of time and memory. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from '#main/dicom/decode-frame.ts';
import { readFrame } from '#main/dicom/frames.ts';
import { readHeader } from '#main/dicom/header-reader.ts';
import { instanceView } from '#main/dicom/instance-view.ts';
import { frameForWindow } from '#main/dicom/modality-values.ts';
import { describePixels } from '#main/dicom/pixel-description.ts';
import { PacsError } from '#shared/errors.ts';
import type { CorpusFile } from '../support/shared-data.ts';
import { corpus, corpusPath, hasSharedData, sharedDataNote } from '../support/shared-data.ts';

const largest = 4 * 1024 * 1024;
const images = corpus.filter(({ rows, size }) => rows !== null && rows !== undefined && size <= largest);
const references = (file: CorpusFile): string[] => [
  ...new Set(
    Object.values(file.expected?.pixels ?? {}).flatMap(({ sha256 }) => (typeof sha256 === 'string' ? [sha256] : [])),
  ),
];

/** Where we differ from every reader, and why that is right. */
const explained: Readonly<Record<string, string>> = {
  'other-modalities/mlut_modality-lut.dcm':
    'bits outside BitsStored are left out; the readers hand them out as they are',
  'other-modalities/overlay_six_overlays.dcm': 'overlays in unused bits are no pixel values',
  'transfer-syntaxes/jpegls_JLSL_16_15_1_1F.dcm': 'the sign of 15 bits is extended; the readers leave it',
  'transfer-syntaxes/htj2k_lossy_rgb.dcm': 'lossy: another version of OpenJPH rounds otherwise',
  'transfer-syntaxes/own_jpeg_xl_jpeg_recompression_rgb.dcm': 'lossy: another version of libjxl rounds otherwise',
  'ultrasound/cine_doppler_ge_jpegxl_27f.dcm': 'lossy, as the one before; and the reference is of the first frame only',
};
/** Files that one of the readers shows and we refuse with an error, and why. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^broken\/fuzz_/, 'BitsStored above BitsAllocated, items longer than their sequence, pixel data cut off'],
  [/^broken\/own_deflate_(bomb|corrupt)/, 'inflates past any sense; does not inflate'],
  [/^broken\/own_jpeg_(samples_differ|size_differs)/, 'the codestream holds another image than the data set says'],
  [/^broken\/own_jpeg_(missing_frames|no_sequence_delimiter)/, 'a frame is missing (the other is shown); cut off'],
  [/^broken\/own_(pixel_length_4gb|truncated_in_pixels|rle_too_short)/, 'cut off'],
  [/^broken\/pyd_MR_truncated/, 'cut off'],
];
const errorCode = /^[a-z-]+$/;

async function storedHash(path: string): Promise<string> {
  const header = await readHeader(path);
  const hash = createHash('sha256');
  for (let frame = 0; frame < describePixels(header).NumberOfFrames; frame++) {
    const { values } = decodeFrame(await readFrame(path, header, frame), header);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

describe.skipIf(!hasSharedData)(`corpus${sharedDataNote}`, () => {
  const compared = images.filter((file) => references(file).length > 0);

  test('stored values are those that the readers see', { timeout: 240_000 }, async () => {
    const wrong: string[] = [];
    let exact = 0;
    for (const file of compared) {
      const found = await storedHash(corpusPath(file)).catch(
        (error: unknown) => (error as PacsError).code ?? String(error),
      );
      if (references(file).includes(found)) exact++;
      else if (errorCode.test(found) ? !refused.some(([pattern]) => pattern.test(file.path)) : !explained[file.path])
        wrong.push(`${file.path}: ${found}`);
    }
    expect(wrong).toEqual([]);
    expect(exact).toBeGreaterThan(600);
  });

  test('lossless and uncompressed files without an explanation are exact by name', async () => {
    const named = compared.filter(({ path }) => path.startsWith('transfer-syntaxes/') && !explained[path]);
    expect(named.length).toBeGreaterThan(40);
    for (const file of named)
      expect([file.path, references(file)]).toEqual([
        file.path,
        expect.arrayContaining([await storedHash(corpusPath(file))]),
      ]);
  });

  test(
    'every file ends in an image of the promised kind or in an error with a code, soon and in bounded memory',
    { timeout: 240_000 },
    async () => {
      const broken = images.filter(({ path }) => path.startsWith('broken/') || path.startsWith('transfer-syntaxes/'));
      const before = process.memoryUsage().rss;
      for (const file of broken) {
        const started = Date.now();
        try {
          const header = await readHeader(corpusPath(file));
          const view = instanceView(header);
          const shown = await frameForWindow(corpusPath(file), 0, header);
          expect([file.path, shown.kind, shown.rows, shown.columns]).toEqual([
            file.path,
            view.pixelKind,
            view.Rows,
            view.Columns,
          ]);
        } catch (error) {
          if (!(error instanceof PacsError)) throw error;
          expect([file.path, error.code]).not.toContain('internal');
        }
        expect([file.path, Date.now() - started < 10_000]).toEqual([file.path, true]);
      }
      // Codecs that failed leave memory behind until it is collected; it must not add up.
      expect(process.memoryUsage().rss - before).toBeLessThan(1.5 * 2 ** 30);
    },
  );
});
