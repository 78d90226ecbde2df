/** Checks the values of a data set against what their VRs hold, PS3.5 6.2. */
import type { DicomJson } from '../dicom/dicom-json.ts';
import { items, texts } from '../dicom/data-set-values.ts';

const isRealDay = (value: string): boolean => {
  const [year, month, day] = [value.slice(0, 4), value.slice(4, 6), value.slice(6, 8)].map(Number) as [
    number,
    number,
    number,
  ];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

const forms: Readonly<Record<string, (value: string) => boolean>> = {
  DA: (value) => /^\d{4}\.?\d{2}\.?\d{2}$/.test(value) && isRealDay(value.replaceAll('.', '')),
  TM: (value) => /^([01]\d|2[0-3])(:?[0-5]\d(:?([0-5]\d|60)(\.\d{1,6})?)?)?$/.test(value),
  UI: (value) => /^[0-9]+(\.[0-9]+)*$/.test(value) && value.length <= 64,
};
const lengths: Readonly<Record<string, number>> = { AE: 16, AS: 4, CS: 16, LO: 64, LT: 10_240, SH: 16, ST: 1024 };

const isFit = (vr: string, value: string): boolean =>
  vr === 'PN' ? value.split('=').every((group) => group.length <= 64) : value.length <= (lengths[vr] ?? Infinity);

/** Tags of attributes, those of items included, whose values are not what their VR holds. */
export interface Faults {
  /** Dates, times and UIDs that are none. */
  readonly malformed: readonly string[];
  /** Texts that are too long. */
  readonly tooLong: readonly string[];
}

/** The faults of a data set. */
export function checkValues(dataSet: DicomJson): Faults {
  const faults = { malformed: [] as string[], tooLong: [] as string[] };
  collect(dataSet, faults);
  return faults;
}

function collect(dataSet: DicomJson, faults: { malformed: string[]; tooLong: string[] }): void {
  for (const [tag, { vr }] of Object.entries(dataSet)) {
    if (vr === 'SQ') {
      for (const item of items(dataSet, tag)) collect(item, faults);
      continue;
    }
    const values = texts(dataSet, tag).filter((value) => value !== '');
    const form = forms[vr];
    if (form && !values.every((value) => form(value))) faults.malformed.push(tag);
    if (!values.every((value) => isFit(vr, value))) faults.tooLong.push(tag);
  }
}
