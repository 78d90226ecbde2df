/** What the viewer must know of one series, read from the headers of its files. */
import type { CheckedInput } from '#shared/contract.ts';
import { PacsError } from '#shared/errors.ts';
import type { InstanceView, SeriesView } from '#shared/model.ts';
import type { Header } from './dicom/data-set.ts';
import { readHeader } from './dicom/header-reader.ts';
import { instanceView } from './dicom/instance-view.ts';
import { number, text } from './dicom/values.ts';
import { seriesTag } from './series-tag.ts';
import type { Store, StoredFile } from './store/store.ts';

const atOnce = 8;

/**
 * The view of a series, instances in the order of the archive. A file that cannot be read has a place and its frames, which
 * the pixel stream answers with the reason. @throws PacsError `not-found`
 */
export async function viewSeries(store: Store, scope: CheckedInput<'series.view'>): Promise<SeriesView> {
  const files = await store.files(scope);
  if (files.length === 0) throw new PacsError('not-found', 'This series is not in the archive.');
  const headers: (Header | undefined)[] = [];
  for (let at = 0; at < files.length; at += atOnce)
    headers.push(...(await Promise.all(files.slice(at, at + atOnce).map(readable))));
  const { StudyInstanceUID, SeriesInstanceUID } = scope;
  return {
    StudyInstanceUID,
    SeriesInstanceUID,
    ...described(headers.find((header) => header !== undefined)),
    tag: seriesTag(files),
    instances: files.map((file, at) => {
      const header = headers[at];
      return header ? instanceView(header) : unreadable(file);
    }),
  };
}

const readable = ({ path }: StoredFile): Promise<Header | undefined> => readHeader(path).catch(() => undefined);

const unreadable = ({ SOPInstanceUID, SOPClassUID, NumberOfFrames }: StoredFile): InstanceView => ({
  SOPInstanceUID,
  SOPClassUID,
  NumberOfFrames,
  Rows: 0,
  Columns: 0,
  PhotometricInterpretation: 'MONOCHROME2',
  pixelKind: 'uint8',
  windows: [],
  invert: false,
  frameTimes: [],
  lossy: false,
  overlay: {},
});

const tags = {
  Modality: '00080060',
  SeriesDescription: '0008103E',
  SeriesNumber: '00200011',
  PatientName: '00100010',
  PatientID: '00100020',
  PatientBirthDate: '00100030',
  StudyDate: '00080020',
  StudyDescription: '00081030',
  InstitutionName: '00080080',
} as const;

function described(
  header: Header | undefined,
): Pick<SeriesView, 'Modality' | 'SeriesDescription' | 'SeriesNumber' | 'patient' | 'study'> {
  if (!header) return { Modality: 'OT', patient: {}, study: {} };
  const { SeriesNumber, ...texts } = tags;
  const found = Object.fromEntries(
    Object.entries(texts).flatMap(([keyword, tag]) => {
      const value = text(header, tag);
      return value ? [[keyword, value]] : [];
    }),
  ) as Partial<Record<keyof typeof texts, string>>;
  const { Modality = 'OT', SeriesDescription, PatientName, PatientID, PatientBirthDate, ...study } = found;
  const seriesNumber = number(header, SeriesNumber);
  return {
    Modality,
    ...(SeriesDescription ? { SeriesDescription } : {}),
    ...(seriesNumber === undefined ? {} : { SeriesNumber: seriesNumber }),
    patient: { PatientName, PatientID, PatientBirthDate },
    study,
  };
}
