/** Reads what is not indexed from the header of one image of a patient, study, series, or from the image itself. */
import { levels, uniqueKeys, type Level } from '#shared/attributes.ts';
import type { Row } from '#shared/model.ts';
import type { Match, Query } from '#shared/query.ts';
import { toDicomJson, type DicomJson } from '../dicom/dicom-json.ts';
import { readHeader } from '../dicom/header-reader.ts';
import type { Scope, Store } from '../store/store.ts';

const single = (value: string): Match => ({ kind: 'single', value });

/** The identifiers of a row of that level. */
function scopeOf(row: Row, level: Level): Scope {
  const named = levels.slice(0, levels.indexOf(level) + 1).map((one) => uniqueKeys[one]);
  return Object.fromEntries(named.map((keyword) => [keyword, row[keyword] ?? '']));
}

/* A study may have thousands of files, of which one is wanted. */
async function oneImage(store: Store, scope: Scope): Promise<Scope> {
  const keys = Object.fromEntries(
    Object.entries(scope).flatMap(([keyword, value]) => (value ? [[keyword, single(String(value))]] : [])),
  ) as Query['keys'];
  const [row] = await store.find({ level: 'IMAGE', keys, limit: 1, fields: Object.values(uniqueKeys) });
  /* Texts are matched without regard to case; another patient's image does not count. */
  const isMeant = row && Object.entries(scope).every(([keyword, value]) => (row[keyword as keyof Row] ?? '') === value);
  return isMeant ? scopeOf(row, 'IMAGE') : scope;
}

/** The attributes of those tags in the file of a row's (first) image; undefined where it cannot be read. */
export async function readFileOf(
  store: Store,
  row: Row,
  level: Level,
  tags: ReadonlySet<string>,
): Promise<DicomJson | undefined> {
  const scope = scopeOf(row, level);
  const [file] = await store.files(level === 'IMAGE' ? scope : await oneImage(store, scope));
  if (!file) return undefined;
  try {
    const { pixelData: _, ...header } = await readHeader(file.path);
    const dataSet = new Map([...header.dataSet].filter(([tag]) => tags.has(tag) || tag === '00080005'));
    return toDicomJson({ ...header, dataSet });
  } catch {
    return undefined;
  }
}
