/** Pictures of frames: the formulas of the Standard, and DCMTK's pictures of the same frames. */
import { afterAll, describe, expect, test } from 'vitest';
import sharp from 'sharp';
import { readHeader } from '#main/dicom/header-reader.ts';
import { drawFrame, renderFrame } from '#main/dicom/render-frame.ts';
import { minMaxWindow, readWindows, windowFunction } from '#main/dicom/voi.ts';
import type { BuildElement } from '../support/build-data-set.ts';
import { temporaryFolder } from '../support/instances.ts';
import type { TestImage } from '../support/pixel-files.ts';
import { drawByDcmtk, hasProgram, hill, imageFile, noise, shorts } from '../support/pixel-files.ts';
import { corpus, corpusPath, hasSharedData, sharedDataNote } from '../support/shared-data.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const [rows, columns] = [40, 56];
const write = (image: Partial<TestImage>, more: readonly BuildElement[] = [], file = {}): string =>
  imageFile(
    folder.path,
    `${Math.random()}.dcm`,
    {
      Rows: rows,
      Columns: columns,
      BitsAllocated: 16,
      BitsStored: 12,
      pixels: shorts(hill(rows, columns, 12)),
      ...image,
      more,
    } as TestImage,
    file,
  );
const draw = async (path: string, frame = 0): Promise<Uint8Array> =>
  (await drawFrame(path, frame, {}, await readHeader(path))).bytes;
const window = (center: string, width: string, more: BuildElement[] = []): BuildElement[] => [
  { tag: 'WindowCenter', value: center },
  { tag: 'WindowWidth', value: width },
  ...more,
];

describe('windows by the formulas of PS3.3 C.11.2', () => {
  test.each([
    ['LINEAR', 2048, 4096, [0, 4095, 2047.5], [0, 255, 127.5]],
    ['LINEAR', 0, 100, [-50.5, -50, 49, 50, 0], [0, 0, 255, 255, (0.5 / 99 + 0.5) * 255]],
    ['LINEAR', 10, 1, [9, 9.5, 10], [0, 0, 255]],
    ['LINEAR_EXACT', 2048, 4096, [0, 4096, 2048], [0, 255, 127.5]],
    ['LINEAR_EXACT', 10, 0.5, [9.75, 10, 10.3], [0, 127.5, 255]],
    ['SIGMOID', 100, 50, [100, 150, 50], [127.5, 255 / (1 + Math.exp(-4)), 255 / (1 + Math.exp(4))]],
  ] as const)('%s, center %d, width %d', (name, center, width, values, expected) => {
    const grey = windowFunction({ center, width }, name);
    expect(values.map(grey).map((value) => Number(value.toFixed(6)))).toEqual(
      expected.map((value) => Number(value.toFixed(6))),
    );
  });

  test('from the least to the greatest value', () => {
    expect(minMaxWindow([5, -3, 12])).toEqual({ center: 5, width: 16 });
    const grey = windowFunction(minMaxWindow([5, -3, 12]), 'LINEAR');
    expect([grey(-3), grey(12)]).toEqual([0, 255]);
    expect(minMaxWindow([])).toEqual({ center: 0.5, width: 1 });
  });
});

/** The greatest difference of two pictures. */
function difference(ours: Uint8Array, theirs: Uint8Array): number {
  if (ours.length !== theirs.length) return Infinity;
  let greatest = 0;
  for (let at = 0; at < ours.length; at++) greatest = Math.max(greatest, Math.abs(ours[at]! - theirs[at]!));
  return greatest;
}

const hasDcmtk = hasProgram('dcmj2pnm') && hasProgram('dcml2pnm');
describe.skipIf(!hasDcmtk)(
  `generated images look as DCMTK draws them${hasDcmtk ? '' : ' (left out: DCMTK is not installed)'}`,
  () => {
    const lut = (first: number, entries: number[]): BuildElement[] => [
      { tag: '00283002', vr: 'US', value: [entries.length, first, 8] },
      { tag: '00283006', vr: 'OW', value: entries },
    ];
    const steep = Array.from({ length: 4096 }, (_, at) => Math.min(255, Math.floor(Math.sqrt(at) * 5)));
    const ct = [
      ...window('40', '400'),
      { tag: 'RescaleIntercept', value: '-1024' },
      { tag: 'RescaleSlope', value: '1' },
    ];

    test.each<[string, Partial<TestImage>, BuildElement[], string[]]>([
      ['a window', {}, window('1500', '800'), ['+Wi', '1']],
      ['a rescaled CT', {}, ct, ['+Wi', '1']],
      [
        'a slope of 0.37',
        {},
        [...window('300', '900'), { tag: 'RescaleIntercept', value: '5.5' }, { tag: 'RescaleSlope', value: '0.37' }],
        ['+Wi', '1'],
      ],
      ['SIGMOID', {}, window('1500', '800', [{ tag: 'VOILUTFunction', value: 'SIGMOID' }]), ['+Wi', '1', '+Wfs']],
      ['MONOCHROME1', { PhotometricInterpretation: 'MONOCHROME1' }, window('1500', '2000'), ['+Wi', '1']],
      [
        'signed values',
        { PixelRepresentation: 1, pixels: shorts(hill(rows, columns, 12).map((value) => (value - 2048) & 0xfff)) },
        window('-100', '900'),
        ['+Wi', '1'],
      ],
      ['no window', {}, [], ['+Wm']],
      ['a VOI LUT', {}, [{ tag: '00283010', vr: 'SQ', value: [lut(0, steep)] }], ['+Wl', '1']],
      [
        'a Modality LUT',
        {},
        [...window('100', '150'), { tag: '00283000', vr: 'SQ', value: [lut(0, steep)] }],
        ['+Wi', '1'],
      ],
    ])('%s', async (_, image, more, options) => {
      const path = write(image, [{ tag: 'SOPClassUID', value: '1.2.840.10008.5.1.4.1.1.7' }, ...more]);
      expect(difference(await draw(path), drawByDcmtk(path, folder.path, ...options).bytes)).toBeLessThanOrEqual(1);
    });

    const colours = Uint8Array.from(noise(rows * columns * 3, 8));
    const colour = { BitsAllocated: 8, BitsStored: 8, SamplesPerPixel: 3, pixels: colours };
    test.each<[string, Partial<TestImage>, number]>([
      ['RGB', { ...colour, PhotometricInterpretation: 'RGB' }, 0],
      ['RGB in planes', { ...colour, PhotometricInterpretation: 'RGB', PlanarConfiguration: 1 }, 0],
      // DCMTK reckons in whole numbers and cuts off.
      ['YBR_FULL', { ...colour, PhotometricInterpretation: 'YBR_FULL' }, 2],
      [
        'YBR_FULL_422',
        { ...colour, PhotometricInterpretation: 'YBR_FULL_422', pixels: colours.slice(0, rows * columns * 2) },
        2,
      ],
    ])('%s', async (_, image, tolerance) => {
      const path = write({ PlanarConfiguration: 0, ...image });
      expect(difference(await draw(path), drawByDcmtk(path, folder.path).bytes)).toBeLessThanOrEqual(tolerance);
    });

    test.each([8, 16])('PALETTE COLOR with entries of %i bits', async (bits) => {
      const ramp = (factor: number): number[] =>
        Array.from({ length: 256 }, (_, at) => ((at * factor) & 255) * (bits === 16 ? 257 : 1));
      const channels = [3, 7, 11].flatMap((factor, at) => [
        { tag: `0028110${at + 1}`, vr: 'US', value: [256, 0, bits] },
        { tag: `0028120${at + 1}`, vr: 'OW', value: ramp(factor) },
      ]);
      const path = write(
        {
          BitsAllocated: 8,
          BitsStored: 8,
          PhotometricInterpretation: 'PALETTE COLOR',
          pixels: Uint8Array.from(hill(rows, columns, 8)),
        },
        channels,
      );
      expect(difference(await draw(path), drawByDcmtk(path, folder.path).bytes)).toBeLessThanOrEqual(1);
    });
  },
);

test('segmented palettes: discrete, linear and indirect segments', async () => {
  // Three entries as they are, a line of five up to 800, then the first segment once more.
  const data = [0, 3, 0, 100, 200, 1, 5, 800, 2, 1, 0, 0];
  const expanded = [0, 100, 200, 320, 440, 560, 680, 800, 0, 100, 200];
  const channels = [1, 2, 3].flatMap((at) => [
    { tag: `0028110${at}`, vr: 'US', value: [expanded.length, 0, 16] },
    {
      tag: `0028122${at}`,
      vr: 'OW',
      value: data.map((value, index) => (value > 10 || (index > 1 && index < 5) ? value * 80 : value)),
    },
  ]);
  const pixels = Uint8Array.from({ length: expanded.length + 1 }, (_, at) => at);
  const path = write(
    {
      Rows: 1,
      Columns: pixels.length,
      BitsAllocated: 8,
      BitsStored: 8,
      PhotometricInterpretation: 'PALETTE COLOR',
      pixels,
    },
    channels,
  );
  const red = (await draw(path)).filter((_, at) => at % 3 === 0);
  expect([...red]).toEqual([...expanded, expanded.at(-1)!].map((value) => (value * 80) >>> 8));
});

describe('pictures', () => {
  const size = async (path: string, options: Parameters<typeof renderFrame>[2]) => {
    const { bytes, contentType } = await renderFrame(path, 0, options);
    const { width, height, format, channels } = await sharp(bytes).metadata();
    return { contentType, width, height, format, channels };
  };

  test.each(['jpeg', 'png', 'webp'] as const)('%s', async (format) => {
    expect(await size(write({}), { format })).toMatchObject({
      contentType: `image/${format}`,
      format,
      width: columns,
      height: rows,
    });
  });

  test('PNG holds the very grey values', async () => {
    const path = write({}, window('1500', '800'));
    const { bytes } = await renderFrame(path, 0, { format: 'png' });
    expect((await sharp(bytes).metadata()).channels).toBe(1);
    const data = await sharp(bytes).toColourspace('b-w').raw().toBuffer();
    expect(data.equals(await draw(path))).toBe(true);
  });

  test('a given window replaces that of the data set', async () => {
    const path = write({}, window('1500', '800'));
    const { bytes } = await renderFrame(path, 0, {
      format: 'png',
      window: { center: 0, width: 2, function: 'LINEAR_EXACT' },
    });
    const data = await sharp(bytes).toColourspace('b-w').raw().toBuffer();
    expect(data.every((value, at) => value === (hill(rows, columns, 12)[at]! > 0 ? 255 : 128))).toBe(true);
  });

  test('fits into the viewport and keeps its shape', async () => {
    expect(await size(write({}), { format: 'png', viewport: { width: 28, height: 28 } })).toMatchObject({
      width: 28,
      height: 20,
    });
    expect(await size(write({}), { format: 'png', viewport: { width: 1000, height: 80 } })).toMatchObject({
      width: 112,
      height: 80,
    });
  });

  test('pixels that are not square are made so', async () => {
    expect(await size(write({}, [{ tag: 'PixelAspectRatio', value: '2\\1' }]), { format: 'png' })).toMatchObject({
      width: columns,
      height: rows * 2,
    });
    expect(await size(write({}, [{ tag: 'PixelSpacing', value: '0.1\\0.2' }]), { format: 'png' })).toMatchObject({
      width: columns * 2,
      height: rows,
    });
    expect(await size(write({}, [{ tag: 'PixelAspectRatio', value: '1\\99999' }]), { format: 'png' })).toMatchObject({
      width: columns,
      height: rows,
    });
  });

  test('one colour of quality 1 is smaller than one of quality 100', async () => {
    const path = write({ pixels: shorts(noise(rows * columns, 12)) });
    const [low, high] = [
      await renderFrame(path, 0, { format: 'jpeg', quality: 1 }),
      await renderFrame(path, 0, { format: 'jpeg', quality: 100 }),
    ];
    expect(low.bytes.length).toBeLessThan(high.bytes.length / 2);
  });
});

/** One or more files of every syntax and colour model that DCMTK 3.6.7 can draw. */
const sample = [
  'ct-mr/ct_bone_phantom_series/slice1.dcm',
  'dental/phantom_fmx/fmx/io_09_ll_premolar.dcm',
  'dental/phantom_panoramic/panoramic.dcm',
  'dental/real_orthodontic_profile_vl.dcm',
  'dental/real_panoramic_cr_modality-lut_mono1.dcm',
  'documents/pr_combined-luts_image.dcm',
  'media-dicomdir/ct_cr_mr_medium/77654033/CR1/6154',
  'other-modalities/dx_dog_thorax_mono1.dcm',
  'other-modalities/mg_screening_jpeg-lossless.dcm',
  'other-modalities/mlut_modality-lut.dcm',
  'other-modalities/overlay_six_overlays.dcm',
  'other-modalities/rtdose.dcm',
  'other-modalities/vlut_voi-lut.dcm',
  'other-modalities/xa_coronary_96f_jpeg_fragments.dcm',
  'transfer-syntaxes/ct_BigEndianExplicit_1.2.840.10008.1.2.2.dcm',
  'transfer-syntaxes/ct_DeflatedExplicitVRLittleEndian_1.2.840.10008.1.2.1.99.dcm',
  'transfer-syntaxes/ct_JPEGLSLossless_1.2.840.10008.1.2.4.80.dcm',
  'transfer-syntaxes/ct_JPEGLSLossy_1.2.840.10008.1.2.4.81.dcm',
  'transfer-syntaxes/ct_JPEGProcess10_12_1.2.840.10008.1.2.4.55.dcm',
  'transfer-syntaxes/ct_JPEGProcess14SV1_1.2.840.10008.1.2.4.70.dcm',
  'transfer-syntaxes/ct_JPEGProcess14_1.2.840.10008.1.2.4.57.dcm',
  'transfer-syntaxes/ct_JPEGProcess1_1.2.840.10008.1.2.4.50.dcm',
  'transfer-syntaxes/ct_JPEGProcess2_4_1.2.840.10008.1.2.4.51.dcm',
  'transfer-syntaxes/ct_JPEGProcess6_8_1.2.840.10008.1.2.4.53.dcm',
  'transfer-syntaxes/ct_LittleEndianExplicit_1.2.840.10008.1.2.1.dcm',
  'transfer-syntaxes/ct_LittleEndianImplicit_1.2.840.10008.1.2.dcm',
  'transfer-syntaxes/ct_RLELossless_1.2.840.10008.1.2.5.dcm',
  'transfer-syntaxes/TestPattern_JPEG-Baseline_YBR422.dcm',
  'transfer-syntaxes/TestPattern_Palette.dcm',
  'transfer-syntaxes/pyd_ExplVR_BigEnd.dcm',
  'transfer-syntaxes/pyd_JPGExtended.dcm',
  'transfer-syntaxes/pyd_SC_rgb_dcmtk__eb_cr.dcm',
  'transfer-syntaxes/pyd_SC_rgb_dcmtk__eb_cy_s2.dcm',
  'transfer-syntaxes/pyd_SC_rgb_jls_lossy_line.dcm',
  'transfer-syntaxes/pyd_SC_rgb_rle_16bit.dcm',
  'transfer-syntaxes/pyd_SC_rgb_small_odd_jpeg.dcm',
  'transfer-syntaxes/pyd_SC_ybr_full_422_uncompressed.dcm',
  'transfer-syntaxes/pyx_SC_ybr_full_uncompressed.dcm',
  'ultrasound/cine_sonosite_jpeg_30f.dcm',
  'ultrasound/phantom_jpeg/us_cine.dcm',
  'ultrasound/still_aorta_philips_jpeg-lossless_mono.dcm',
  'ultrasound/still_cardiology_philips_palette_rle_no-spacing.dcm',
  'ultrasound/still_esaote_ybr422_uncompressed.dcm',
  'ultrasound/still_obstetric_philips_palette.dcm',
  'ultrasound/still_thyroid_siemens_ybrfull_rle.dcm',
  'wsi/own_slide_level2.dcm',
  'wsi/slide_tile_jpeg_rgb_app14.dcm',
];
/** Left out of the sample, with the reason. */
const differing = {
  'dental/real_intraoral_photo_trophy_wrong-syntax.dcm':
    'says RGB but holds subsampled YCbCr: DCMTK shows a green face, we the teeth',
  'other-modalities/rtimage_varian.dcm':
    'rescaled values lie between 0 and 0.22: DCMTK keeps whole numbers and shows black',
};
/** DCMTK reckons YBR that is not compressed in whole numbers and cuts off. */
const coarse = new Set([
  'transfer-syntaxes/pyx_SC_ybr_full_uncompressed.dcm',
  'ultrasound/still_thyroid_siemens_ybrfull_rle.dcm',
]);

const left = hasDcmtk ? sharedDataNote : ' (left out: DCMTK is not installed)';
describe.skipIf(!hasSharedData || !hasDcmtk)(`corpus files look as DCMTK draws them${left}`, () => {
  test.each(sample)('%s', { timeout: 60_000 }, async (name) => {
    const file = corpus.find(({ path }) => path === name)!;
    const path = corpusPath(file);
    const header = await readHeader(path);
    const isLs = /\.4\.8[01]$/.test(header.TransferSyntaxUID);
    const isColour = !file.photometric?.startsWith('MONOCHROME');
    const isLutOnly = readWindows(header, 0).length === 0 && header.dataSet.has('00283010');
    const choice = readWindows(header, 0).length > 0 ? ['+Wi', '1'] : isLutOnly ? ['+Wl', '1'] : ['+Wm'];
    const theirs = drawByDcmtk(path, folder.path, ...(isLs ? ['jpeg-ls'] : []), ...(isColour ? [] : choice));
    expect(difference(await draw(path), theirs.bytes)).toBeLessThanOrEqual(coarse.has(name) ? 2 : 1);
  });

  test('the photograph that DCMTK shows in wrong colours is the colour of teeth and gums', async () => {
    const [photo] = Object.keys(differing);
    const bytes = await draw(corpusPath(corpus.find(({ path }) => path === photo)!));
    const mean = [0, 1, 2].map(
      (channel) =>
        bytes.filter((_, at) => at % 3 === channel).reduce((sum, value) => sum + value, 0) / (bytes.length / 3),
    );
    expect(mean[0]! - mean[1]!).toBeGreaterThan(15);
    expect(mean[0]! - mean[2]!).toBeGreaterThan(15);
  });
});
