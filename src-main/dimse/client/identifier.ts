/** Identifiers of queries that we ask: from texts by keyword, and with the peculiarities of other makes (PS3.4 C.2.2). */
import type { Level } from '#shared/attributes.ts';
import { findEntry } from '#shared/dictionary.ts';
import { PacsError } from '#shared/errors.ts';
import { chooseCharacterSet } from '../../dicom/choose-character-set.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import { writeDicomJson } from '../../dicom/write-dicom-json.ts';

/** Keys by keyword or by tag (eight hexadecimal digits): values as DICOM writes them, several separated by `\`; empty asks for the value. */
export type TextKeys = Readonly<Record<string, string | undefined>>;

type Attribute = DicomJson[string];

const groups = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;
const binaryNumbers = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV']);

/* VRs that other elements decide, as the dictionary has them; no key has one of the others. */
const ambiguous: Readonly<Record<string, string | undefined>> = { xs: 'US', lt: 'US', ox: 'OW' };

function valueOf(vr: string, text: string): unknown {
  if (vr === 'PN') return Object.fromEntries(text.split('=').map((part, index) => [groups[index] ?? 'Phonetic', part]));
  if (!binaryNumbers.has(vr)) return text;
  const number = Number(text);
  if (!Number.isFinite(number)) throw new PacsError('bad-request', 'A key that is a number has another value.');
  return number;
}

function attributeOf(name: string, text: string): readonly [string, Attribute] {
  /* Tags may be written as 0010,0020 or 0010-0020 too. */
  const plain = name.replace(/^([0-9A-Fa-f]{4})[,-]/, '$1');
  const entry = findEntry(plain);
  const vr = entry && (ambiguous[entry.vr] ?? entry.vr);
  if (!vr) throw new PacsError('bad-request', 'A key is no DICOM attribute.');
  const tag = entry.tag.includes('x') ? plain.toUpperCase() : entry.tag;
  if (text === '' || vr === 'SQ') return [tag, { vr }];
  return [tag, { vr, Value: text.split('\\').map((value) => valueOf(vr, value)) }];
}

/** An identifier of text keys. @throws PacsError `bad-request` for an unknown keyword and for a number that is none */
export const identifierOf = (keys: TextKeys): DicomJson =>
  Object.fromEntries(Object.entries(keys).map(([name, text = '']) => attributeOf(name, text)));

/* What an answer of each level shall tell a person, besides what is asked for. */
const usualKeys: Readonly<Record<Level, readonly string[]>> = {
  PATIENT: ['PatientName', 'PatientID', 'PatientBirthDate', 'PatientSex', 'NumberOfPatientRelatedStudies'],
  STUDY: [
    'PatientName',
    'PatientID',
    'PatientBirthDate',
    'PatientSex',
    'StudyInstanceUID',
    'StudyDate',
    'StudyTime',
    'StudyDescription',
    'StudyID',
    'AccessionNumber',
    'ReferringPhysicianName',
    'ModalitiesInStudy',
    'NumberOfStudyRelatedSeries',
    'NumberOfStudyRelatedInstances',
  ],
  SERIES: [
    'SeriesInstanceUID',
    'SeriesNumber',
    'Modality',
    'SeriesDate',
    'SeriesDescription',
    'NumberOfSeriesRelatedInstances',
  ],
  IMAGE: ['SOPInstanceUID', 'SOPClassUID', 'InstanceNumber', 'NumberOfFrames'],
};

const isPlainName = (text: string): boolean => text !== '' && !/[*?^=]/.test(text);

/* A name is seldom typed to its end; a space may stand for any delimiter. */
const typed: Readonly<Record<string, (text: string) => string>> = {
  PN: (text) => (isPlainName(text) ? `${text.replace(/[\s,]+/g, '?')}*` : text),
  DA: (text) => text.replace(/(\d{4})-(\d{2})-(\d{2})/g, '$1$2$3').replace(/\s/g, ''),
  TM: (text) => text.replace(/[:\s]/g, ''),
};

/** Keys as a person types them (`Smith John`, `2024-05-01`), with what an answer of that level usually tells. */
export function typedKeys(level: Level, keys: TextKeys): TextKeys {
  const asked = Object.entries(keys).map(([name, text = '']) => {
    const convert = typed[findEntry(name)?.vr ?? ''];
    return [name, convert ? convert(text.trim()) : text.trim()];
  });
  return { ...Object.fromEntries(usualKeys[level].map((name) => [name, ''])), ...Object.fromEntries(asked) };
}

const expected: Readonly<Record<Level, readonly string[]>> = {
  PATIENT: ['PatientID'],
  STUDY: ['PatientID', 'AccessionNumber', 'StudyInstanceUID'],
  SERIES: ['PatientID', 'AccessionNumber', 'StudyInstanceUID', 'SeriesInstanceUID'],
  IMAGE: ['PatientID', 'AccessionNumber', 'StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'],
};

/** Adds the level and the keys that nodes expect to find at it; GE's want `*` where others take an empty value. */
export const completeIdentifier = (level: Level, identifier: DicomJson, Manufacturer: string): DicomJson => ({
  ...identifierOf(Object.fromEntries(expected[level].map((name) => [name, Manufacturer === 'GE' ? '*' : '']))),
  ...withoutWildcards(identifier, Manufacturer),
  '00080052': { vr: 'CS', Value: [level] },
});

/* Some take a lone `*` for a value: in dates, or everywhere. Others than the makes named here need nothing. */
function withoutWildcards(identifier: DicomJson, Manufacturer: string): DicomJson {
  if (!/^GenericNo(WildcardInDates|UniversalWildcard)$/.test(Manufacturer)) return identifier;
  const isMeant = (vr: string): boolean => vr === 'DA' || Manufacturer === 'GenericNoUniversalWildcard';
  const change = (attribute: Attribute): Attribute =>
    isMeant(attribute.vr) && isUniversal(attribute) ? { vr: attribute.vr } : attribute;
  return Object.fromEntries(Object.entries(identifier).map(([tag, attribute]) => [tag, change(attribute)]));
}

function isUniversal({ Value }: Attribute): boolean {
  const [value] = Value ?? [];
  const text = typeof value === 'object' ? (value as { Alphabetic?: string } | null)?.Alphabetic : value;
  return Value?.length === 1 && text === '*';
}

/** The bytes of a data set of ours in the most modest character set that has its texts: ASCII, Latin-1, else UTF-8. */
export function writeModestly(dataSet: DicomJson, TransferSyntaxUID: string): Buffer {
  const modest = [[], ['ISO_IR 100']].find((set) => chooseCharacterSet(dataSet, set) === set);
  return writeDicomJson(dataSet, { TransferSyntaxUID, SpecificCharacterSet: modest ?? ['ISO_IR 192'] });
}
