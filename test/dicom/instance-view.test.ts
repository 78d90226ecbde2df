/** What the viewer is told of an instance: from classic, enhanced and ultrasound objects, and from wrong ones. */
import { afterAll, describe, expect, test } from 'vitest';
import { readHeader } from '#main/dicom/header-reader.ts';
import { instanceView } from '#main/dicom/instance-view.ts';
import { frameForWindow } from '#main/dicom/modality-values.ts';
import type { InstanceView } from '#shared/model.ts';
import type { BuildElement } from '../support/build-data-set.ts';
import { temporaryFolder } from '../support/instances.ts';
import type { TestImage } from '../support/pixel-files.ts';
import { imageFile } from '../support/pixel-files.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const grey: TestImage = { Rows: 2, Columns: 3, BitsAllocated: 16, BitsStored: 12, pixels: new Uint8Array(12) };
const write = (more: readonly BuildElement[], image: Partial<TestImage> = {}): string =>
  imageFile(folder.path, `${Math.random()}.dcm`, { ...grey, ...image, more } as TestImage);
const view = async (more: readonly BuildElement[], image: Partial<TestImage> = {}): Promise<InstanceView> =>
  instanceView(await readHeader(write(more, image)));
const rescale = (slope: string, intercept: string): BuildElement[] => [
  { tag: 'RescaleSlope', value: slope },
  { tag: 'RescaleIntercept', value: intercept },
];

describe('the kind of pixels follows from what is possible', () => {
  test.each<[string, BuildElement[], Partial<TestImage>, string]>([
    ['12 bits', [], {}, 'int16'],
    ['16 bits unsigned', [], { BitsStored: 16 }, 'uint16'],
    ['16 bits signed', [], { BitsStored: 16, PixelRepresentation: 1 }, 'int16'],
    ['8 bits', [], { BitsAllocated: 8, BitsStored: 8, pixels: new Uint8Array(6) }, 'uint8'],
    [
      '8 bits with a rescale',
      rescale('1', '-1024'),
      { BitsAllocated: 8, BitsStored: 8, pixels: new Uint8Array(6) },
      'int16',
    ],
    ['CT', rescale('1', '-1024'), {}, 'int16'],
    ['16 bits less 1024 fits no 16', rescale('1', '-1024'), { BitsStored: 16 }, 'float32'],
    ['a slope that is no whole number', rescale('0.5', '0'), {}, 'float32'],
    ['a slope of 0 counts as 1', rescale('0', '0'), {}, 'int16'],
    ['32 bits', [], { BitsAllocated: 32, BitsStored: 32, pixels: new Uint8Array(24) }, 'float32'],
    [
      'colour',
      [],
      {
        BitsAllocated: 8,
        BitsStored: 8,
        SamplesPerPixel: 3,
        PhotometricInterpretation: 'RGB',
        pixels: new Uint8Array(18),
      },
      'rgb8',
    ],
  ])('%s', async (_, more, image, kind) => {
    expect((await view(more, image)).pixelKind).toBe(kind);
    const frame = await frameForWindow(write(more, image), 0);
    expect([frame.kind, frame.rows, frame.columns]).toEqual([kind, 2, 3]);
  });

  test('per-frame rescales are taken together, and each frame gets its own', async () => {
    const transformation = (slope: string): BuildElement[] => [
      {
        tag: '00289145',
        vr: 'SQ',
        value: [
          [
            { tag: 'RescaleIntercept', value: '10' },
            { tag: 'RescaleSlope', value: slope },
          ],
        ],
      },
    ];
    const more = [{ tag: '52009230', vr: 'SQ', value: [transformation('1'), transformation('30')] }];
    const path = write(more, {
      NumberOfFrames: '2',
      pixels: new Uint8Array(Uint16Array.from({ length: 12 }, (_, at) => at).buffer),
    });
    expect(instanceView(await readHeader(path)).pixelKind).toBe('float32');
    expect([...new Float32Array((await frameForWindow(path, 1)).bytes.buffer)]).toEqual([190, 220, 250, 280, 310, 340]);
  });

  test('Modality LUT', async () => {
    const lut = [
      { tag: '00283002', vr: 'US', value: [4, 2, 16] },
      { tag: '00283006', vr: 'OW', value: [100, 200, 300, 400] },
    ];
    const pixels = new Uint8Array(Uint16Array.from([0, 2, 3, 4, 5, 9]).buffer);
    const path = write([{ tag: '00283000', vr: 'SQ', value: [lut] }], { pixels });
    const frame = await frameForWindow(path, 0);
    expect([frame.kind, ...new Uint16Array(frame.bytes.buffer)]).toEqual(['uint16', 100, 100, 200, 300, 400, 400]);
  });
});

describe('windows', () => {
  test('in their order, with explanations and function', async () => {
    const seen = await view([
      { tag: 'WindowCenter', value: '40\\600' },
      { tag: 'WindowWidth', value: '400\\2000' },
      { tag: 'WindowCenterWidthExplanation', value: 'SOFT\\BONE' },
      { tag: 'VOILUTFunction', value: 'SIGMOID' },
    ]);
    expect(seen.windows).toEqual([
      { center: 40, width: 400, explanation: 'SOFT' },
      { center: 600, width: 2000, explanation: 'BONE' },
    ]);
    expect(seen.VOILUTFunction).toBe('SIGMOID');
  });

  test.each([
    ['none', '', ''],
    ['width 0', '40', '0'],
    ['no number', 'abc', '400'],
    ['a width missing', '40', ''],
  ])('that cannot be used are left out: %s', async (_, center, width) => {
    expect(
      (
        await view([
          { tag: 'WindowCenter', value: center },
          { tag: 'WindowWidth', value: width },
        ])
      ).windows,
    ).toEqual([]);
  });

  test('of an enhanced object are those of its first frame', async () => {
    const window = [
      { tag: 'WindowCenter', value: '50' },
      { tag: 'WindowWidth', value: '70' },
    ];
    const more = [{ tag: '52009229', vr: 'SQ', value: [[{ tag: '00289132', vr: 'SQ', value: [window] }]] }];
    expect((await view(more)).windows).toEqual([{ center: 50, width: 70 }]);
  });

  test('a VOI LUT alone gives the window over its input', async () => {
    const lut = [
      { tag: '00283002', vr: 'US', value: [4, 100, 8] },
      { tag: '00283003', value: 'TOOTH' },
      { tag: '00283006', vr: 'OW', value: [0, 10, 100, 255] },
    ];
    expect((await view([{ tag: '00283010', vr: 'SQ', value: [lut] }])).windows).toEqual([
      { center: 102, width: 4, explanation: 'TOOTH' },
    ]);
  });
});

describe('spacing', () => {
  const region = (dx: number, dy: number, format = 1, units = 3): BuildElement[] => [
    { tag: '00186012', vr: 'US', value: format },
    { tag: '00186024', vr: 'US', value: units },
    { tag: '00186026', vr: 'US', value: units },
    { tag: '0018602C', vr: 'FD', value: dx },
    { tag: '0018602E', vr: 'FD', value: dy },
  ];
  const regions = (...items: BuildElement[][]): BuildElement[] => [{ tag: '00186011', vr: 'SQ', value: items }];

  test.each<[string, BuildElement[], unknown, unknown]>([
    [
      'PixelSpacing before ImagerPixelSpacing',
      [
        { tag: 'PixelSpacing', value: '0.5\\0.25' },
        { tag: 'ImagerPixelSpacing', value: '1\\1' },
      ],
      [0.5, 0.25],
      'PixelSpacing',
    ],
    ['ImagerPixelSpacing', [{ tag: 'ImagerPixelSpacing', value: '0.1\\0.2' }], [0.1, 0.2], 'ImagerPixelSpacing'],
    ['an ultrasound region in cm', regions(region(0.02, 0.03)), [0.3, 0.2], 'UltrasoundRegion'],
    [
      'regions of other units count not',
      regions(region(0.02, 0.03), region(1, 1, 3, 4)),
      [0.3, 0.2],
      'UltrasoundRegion',
    ],
    ['two scales are none', regions(region(0.02, 0.02), region(0.05, 0.05)), undefined, undefined],
    ['nonsense', [{ tag: 'PixelSpacing', value: '0\\-1' }], undefined, undefined],
    ['nothing', [], undefined, undefined],
  ])('%s', async (_, more, spacing, source) => {
    const seen = await view(more);
    expect(seen.spacing?.map((value) => Number(value.toPrecision(6)))).toEqual(spacing);
    expect(seen.spacingSource).toBe(source);
  });

  test('of an enhanced object, with its position', async () => {
    const groups = [
      { tag: '00209113', vr: 'SQ', value: [[{ tag: 'ImagePositionPatient', value: '1\\2\\3' }]] },
      { tag: '00209116', vr: 'SQ', value: [[{ tag: 'ImageOrientationPatient', value: '1\\0\\0\\0\\1\\0' }]] },
      {
        tag: '00289110',
        vr: 'SQ',
        value: [
          [
            { tag: 'SliceThickness', value: '0.2' },
            { tag: 'PixelSpacing', value: '0.2\\0.3' },
          ],
        ],
      },
    ];
    const seen = await view([{ tag: '52009229', vr: 'SQ', value: [groups] }]);
    expect(seen).toMatchObject({
      spacing: [0.2, 0.3],
      ImagePositionPatient: [1, 2, 3],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      SliceThickness: 0.2,
      overlay: { SliceThickness: '0.2 mm' },
    });
  });

  test('an orientation that is none is left out', async () => {
    expect(await view([{ tag: 'ImageOrientationPatient', value: '0\\0\\0\\0\\0\\0' }])).not.toHaveProperty(
      'ImageOrientationPatient',
    );
  });
});

describe('clips', () => {
  const clip = { NumberOfFrames: '3', pixels: new Uint8Array(36) };

  test.each<[string, BuildElement[], number[]]>([
    ['FrameTime', [{ tag: 'FrameTime', value: '40' }], [40, 40, 40]],
    ['FrameTimeVector', [{ tag: 'FrameTimeVector', value: '0\\20\\30' }], [20, 30, 30]],
    ['CineRate', [{ tag: 'CineRate', value: '50' }], [20, 20, 20]],
    ['RecommendedDisplayFrameRate', [{ tag: 'RecommendedDisplayFrameRate', value: '10' }], [100, 100, 100]],
    [
      'FrameTime 0 is passed over',
      [
        { tag: 'FrameTime', value: '0' },
        { tag: 'CineRate', value: '25' },
      ],
      [40, 40, 40],
    ],
    ['nothing', [], []],
  ])('%s', async (_, more, times) => {
    expect((await view(more, clip)).frameTimes).toEqual(times);
  });

  test('a single frame is none', async () => {
    expect((await view([{ tag: 'FrameTime', value: '40' }])).frameTimes).toEqual([]);
  });
});

test('inversion, aspect ratio, loss and texts', async () => {
  const seen = await view(
    [
      { tag: 'PixelAspectRatio', value: '4\\3' },
      { tag: 'LossyImageCompression', value: '01' },
      { tag: 'KVP', value: '90.0' },
      { tag: 'XRayTubeCurrent', value: '' },
      { tag: 'InstanceNumber', value: '7' },
    ],
    { PhotometricInterpretation: 'MONOCHROME1' },
  );
  expect(seen).toMatchObject({
    invert: true,
    PixelAspectRatio: [4, 3],
    lossy: true,
    InstanceNumber: 7,
    overlay: { KVP: '90 kV' },
  });
  expect((await view([{ tag: 'PresentationLUTShape', value: 'INVERSE' }])).invert).toBe(true);
  expect((await view([])).invert).toBe(false);
});

test('an object without pixel data has no frames, one whose pixels cannot be described has one to say so', async () => {
  const { path } = folder;
  const { writeFileSync } = await import('node:fs');
  const { buildPart10, instanceElements } = await import('../support/build-data-set.ts');
  writeFileSync(`${path}/report.dcm`, buildPart10({ elements: instanceElements([{ tag: 'Modality', value: 'SR' }]) }));
  expect(instanceView(await readHeader(`${path}/report.dcm`))).toMatchObject({
    NumberOfFrames: 0,
    Rows: 0,
    Columns: 0,
    windows: [],
    frameTimes: [],
  });
  expect(instanceView(await readHeader(write([], { Rows: 0 })))).toMatchObject({ NumberOfFrames: 1, Rows: 0 });
});
