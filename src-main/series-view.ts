/** What the viewer must know of one series, read from the headers of its files. */
import type { CheckedInput } from '#shared/contract.ts';
import { PacsError } from '#shared/errors.ts';
import type { SeriesView } from '#shared/model.ts';
import type { Header } from './dicom/data-set.ts';
import { readHeader } from './dicom/header-reader.ts';
import { instanceView } from './dicom/instance-view.ts';
import { number, text } from './dicom/values.ts';
import type { Store } from './store/store.ts';

const atOnce = 8;

/** The view of a series, instances in the order of the archive. @throws PacsError `not-found` */
export async function viewSeries(store: Store, scope: CheckedInput<'series.view'>): Promise<SeriesView> {
  const files = await store.files(scope);
  const headers: Header[] = [];
  for (let at = 0; at < files.length; at += atOnce)
    headers.push(...(await Promise.all(files.slice(at, at + atOnce).map(({ path }) => readHeader(path)))));
  const [first] = headers;
  if (!first) throw new PacsError('not-found', 'This series is not in the archive.');
  return {
    ...scope,
    ...described(first),
    instances: headers.map(instanceView),
  };
}

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
  header: Header,
): Pick<SeriesView, 'Modality' | 'SeriesDescription' | 'SeriesNumber' | 'patient' | 'study'> {
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
