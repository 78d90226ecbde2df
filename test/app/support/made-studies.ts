/** A long study list made by arithmetic: the same rows every time, none of them kept in memory. */
import type { Row } from '#shared/model.ts';

const families = [
  'Müller',
  'Schneider',
  'García',
  'Yılmaz',
  'O’Brien',
  'Nowak',
  'Dvořák',
  'Berg',
  'Rossi',
  'Okafor',
  'Larsen',
];
const given = [
  'Anna',
  'Peter',
  'Zoë',
  'Lukas',
  'Maria',
  'Jonas',
  'Ingrid',
  'Ben',
  'Chiara',
  'Thomas',
  'Nele',
  'Samuel',
  'Ida',
];
const kinds = [
  ['PX', 'Panoramic', 1, 1],
  ['CT', 'CBCT lower jaw', 1, 280],
  ['IO', 'Full-mouth set', 4, 18],
  ['US', 'Thyroid ultrasound', 2, 6],
  ['IO', 'Bitewing left', 1, 2],
  ['DX', 'Cephalogram lateral', 1, 1],
  ['CT\\PX', 'CBCT and panoramic', 2, 321],
] as const;
const special = ['Yamada^Tarou=山田^太郎=やまだ^たろう', '<b>Bold</b>^<i>Ita</i>', 'Cohen\u202e^Ruth', 'عبد الله^سلمى'];

const at = <T>(values: readonly T[], index: number): T => values[index % values.length] as T;
const two = (value: number) => String(value).padStart(2, '0');
const nameOf = (n: number): string =>
  n % 17 === 3 ? at(special, Math.floor(n / 17)) : `${at(families, n * 7)}^${at(given, n * 5)}`;

/** The study list's row number `n`; lower numbers came later. `now` is the time at which number 0 came. */
export function madeStudy(n: number, now: number): Row {
  const [modality, description, series, images] = at(kinds, n * 3);
  const came = new Date(now - n * 47 * 60_000 - 90_000);
  const date = `${came.getUTCFullYear()}${two(came.getUTCMonth() + 1)}${two(came.getUTCDate())}`;
  return {
    PatientName: nameOf(n),
    PatientID: `P-${String(100_000 + ((n * 7919) % 90_000))}`,
    PatientBirthDate: `${1940 + ((n * 13) % 78)}${two(1 + (n % 12))}${two(1 + ((n * 3) % 28))}`,
    StudyInstanceUID: `1.2.826.0.1.3680043.10.999.${n + 1}`,
    StudyDate: date,
    StudyTime: `${two(came.getUTCHours())}${two(came.getUTCMinutes())}00`,
    StudyDescription: description,
    AccessionNumber: n % 3 === 0 ? `A${200_000 + n}` : '',
    InstitutionName: 'Praxis am Markt',
    ModalitiesInStudy: modality,
    NumberOfStudyRelatedSeries: String(series),
    NumberOfStudyRelatedInstances: String(images),
    ReceivedAt: came.toISOString(),
  };
}

/** The series of a made study. */
export function madeSeries(study: Row): readonly Row[] {
  const modalities = (study.ModalitiesInStudy ?? '').split('\\');
  return Array.from({ length: Number(study.NumberOfStudyRelatedSeries) }, (_, index) => ({
    StudyInstanceUID: study.StudyInstanceUID ?? '',
    SeriesInstanceUID: `${study.StudyInstanceUID}.${index + 1}`,
    SeriesNumber: String(index + 1),
    Modality: at(modalities, index),
    SeriesDescription: index === 0 ? (study.StudyDescription ?? '') : '',
    NumberOfSeriesRelatedInstances: String(
      Math.max(1, Math.floor(Number(study.NumberOfStudyRelatedInstances) / (index + 1))),
    ),
  }));
}
