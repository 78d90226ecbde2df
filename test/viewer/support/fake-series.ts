/** Series made of generated images, for what no real archive would send on demand: odd kinds, errors, missing windows. */
import type { InstanceView, PixelKind, SeriesView } from '#shared/model.ts';
import { encodeRecordHead, framesOutward, sampleBytes } from '#shared/pixel-stream.ts';

/** Value of one sample of a generated frame; `channel` counts red, green, blue. */
export type PixelOf = (x: number, y: number, frame: number, channel: number) => number;

/** One generated series. */
export interface FakeSeries {
  readonly view: SeriesView;
  readonly pixel: PixelOf;
  /** Frames that come as an error record, with their sentence. */
  readonly errors?: Readonly<Record<number, string>>;
  /** Milliseconds between the records. */
  readonly delay?: number;
}

/** What is usual for a test; `more` says what is special. */
export function fakeInstance(number: number, more: Partial<InstanceView> = {}): InstanceView {
  return {
    SOPInstanceUID: `2.25.100.${number}`,
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    InstanceNumber: number,
    NumberOfFrames: 1,
    Rows: 48,
    Columns: 64,
    PhotometricInterpretation: 'MONOCHROME2',
    pixelKind: 'int16',
    windows: [{ center: 300, width: 801 }],
    invert: false,
    frameTimes: [],
    lossy: false,
    overlay: {},
    ...more,
  };
}

/** A slice of a volume. */
export const fakeSlice = (number: number, more: Partial<InstanceView> = {}): InstanceView =>
  fakeInstance(number, {
    spacing: [0.5, 0.5],
    spacingSource: 'PixelSpacing',
    ImagePositionPatient: [0, 0, number * 0.5],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    FrameOfReferenceUID: '2.25.7',
    ...more,
  });

/** A series of the one fake study; its UID ends in `number`. */
export function fakeSeries(
  number: number,
  instances: readonly InstanceView[],
  pixel: PixelOf,
  more: Partial<Omit<FakeSeries, 'view' | 'pixel'>> & { readonly Modality?: string } = {},
): FakeSeries {
  const { Modality = 'CT', ...rest } = more;
  const view: SeriesView = {
    StudyInstanceUID: '2.25.1',
    SeriesInstanceUID: `2.25.1.${number}`,
    Modality,
    SeriesDescription: `Fake ${number}`,
    SeriesNumber: number,
    patient: { PatientName: 'Muster^Erika', PatientID: 'P-1', PatientBirthDate: '19700131' },
    study: { StudyDate: '20260102', StudyDescription: 'Test', InstitutionName: 'Practice' },
    tag: `tag-${number}`,
    // UIDs must differ between series, as Cornerstone's cache goes by them.
    instances: instances.map((one) => ({ ...one, SOPInstanceUID: `${one.SOPInstanceUID}.${number}` })),
  };
  return { view, pixel, ...rest };
}

const writers: Readonly<Record<PixelKind, (view: DataView, offset: number, value: number) => void>> = {
  uint8: (view, offset, value) => view.setUint8(offset, value),
  rgb8: (view, offset, value) => view.setUint8(offset, value),
  int16: (view, offset, value) => view.setInt16(offset, value, true),
  uint16: (view, offset, value) => view.setUint16(offset, value, true),
  float32: (view, offset, value) => view.setFloat32(offset, value, true),
};

/** The records of a series in the order of the core. */
export function* recordsOf({ view, pixel, errors = {} }: FakeSeries, first: number): Generator<Uint8Array> {
  const instances = view.instances.flatMap((one) => Array.from({ length: one.NumberOfFrames }, () => one));
  for (const frame of framesOutward(instances.length, first)) {
    const instance = instances[frame];
    if (!instance) return;
    const sentence = errors[frame];
    yield sentence === undefined ? pixelRecord(instance, frame, pixel) : errorRecord(instance, frame, sentence);
  }
}

function pixelRecord({ Rows, Columns, pixelKind }: InstanceView, frame: number, pixel: PixelOf): Uint8Array {
  const channels = pixelKind === 'rgb8' ? 3 : 1;
  const bytes = sampleBytes[pixelKind] / channels;
  const body = new DataView(new ArrayBuffer(Rows * Columns * channels * bytes));
  let offset = 0;
  for (let y = 0; y < Rows; y++)
    for (let x = 0; x < Columns; x++)
      for (let channel = 0; channel < channels; channel++, offset += bytes)
        writers[pixelKind](body, offset, pixel(x, y, frame, channel));
  const head = encodeRecordHead({ frame, kind: pixelKind, rows: Rows, columns: Columns, length: body.byteLength });
  return Buffer.concat([head, new Uint8Array(body.buffer)]);
}

function errorRecord({ Rows, Columns }: InstanceView, frame: number, sentence: string): Uint8Array {
  const body = Buffer.from(sentence, 'utf8');
  return Buffer.concat([
    encodeRecordHead({ frame, kind: 'error', rows: Rows, columns: Columns, length: body.length }),
    body,
  ]);
}
