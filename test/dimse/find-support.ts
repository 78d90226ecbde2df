/** What the tests of C-FIND need: an archive of a few studies in many character sets, findscu, and questions by hand. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DicomJson } from '#main/dicom/dicom-json.ts';
import { toDicomJson } from '#main/dicom/dicom-json.ts';
import { createHeaderReader } from '#main/dicom/header-reader.ts';
import { readDataSet } from '#main/dicom/read-data-set.ts';
import { jsonTexts } from '#main/dicom/json-texts.ts';
import type { Store } from '#main/store/store.ts';
import { findEntry } from '#shared/dictionary.ts';
import { buildDataSet, buildPart10, instanceElements, type BuildElement } from '../support/build-data-set.ts';
import { inPieces } from '../support/instances.ts';
import {
  connect,
  explicitLittleEndian,
  makeCommand,
  makePdv,
  pdu,
  verification,
  type RawAssociation,
  type RawResponse,
} from '../support/raw-association.ts';
import { openArchive, scanner } from '../store/support.ts';
import { dcmtk } from './support.ts';

/** Bytes of a text in which each sign is one byte. */
export const bytes = (text: string): Uint8Array => {
  const value = Buffer.from(text, 'latin1');
  return value.length % 2 ? Buffer.concat([value, Buffer.from(' ')]) : value;
};

const code = (value: string, meaning: string): BuildElement[] => [
  { tag: 'CodeValue', value },
  { tag: 'CodingSchemeDesignator', value: 'SRT' },
  { tag: 'CodeMeaning', value: meaning },
];

interface Planned {
  readonly study: readonly BuildElement[];
  readonly images: readonly (readonly [series: number, image: number, modality: string])[];
}

const text = (tag: string, value: string | Uint8Array): BuildElement => ({ tag, value });

/** Written out by hand; every expected answer of the tests follows from this table. Studies are 1.9.1 to 1.9.6. */
const planned: readonly Planned[] = [
  {
    study: [
      text('SpecificCharacterSet', 'ISO_IR 100'),
      text('PatientName', bytes('M\xfcller^Anna')),
      text('PatientID', 'P1'),
      text('StudyDate', '20240115'),
      text('StudyTime', '101500'),
      text('AccessionNumber', 'A1'),
      text('StudyDescription', bytes('DVT Oberkiefer, gro\xdf')),
      { tag: 'ProcedureCodeSequence', value: [code('T-1', 'Tooth')] },
      text('PatientWeight', '61.5'),
    ],
    images: [
      [1, 1, 'CT'],
      [1, 2, 'CT'],
      [2, 1, 'SR'],
    ],
  },
  {
    study: [
      text('SpecificCharacterSet', 'ISO_IR 126'),
      // Παπάς^Νίκος
      text('PatientName', bytes('\xd0\xe1\xf0\xdc\xf2^\xcd\xdf\xea\xef\xf2')),
      text('PatientID', 'P2'),
      text('StudyDate', '20240131'),
      text('StudyTime', '235900'),
      text('AccessionNumber', 'A2'),
    ],
    images: [[1, 1, 'PX']],
  },
  {
    study: [
      text('SpecificCharacterSet', '\\ISO 2022 IR 87'),
      // Yamada^Tarou=山田^太郎=やまだ^たろう, PS3.5 H.3.1
      text(
        'PatientName',
        bytes('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B'),
      ),
      text('PatientID', 'P3'),
      text('StudyDate', '20240201'),
      text('StudyTime', '083000'),
      text('AccessionNumber', 'A3'),
    ],
    images: [[1, 1, 'US']],
  },
  {
    study: [
      text('PatientName', 'Smith^John'),
      text('PatientID', 'P4'),
      text('StudyDate', '20240201'),
      text('StudyTime', '091500'),
      text('AccessionNumber', 'A4'),
      { tag: 'ProcedureCodeSequence', value: [code('T-1', 'Tooth'), code('T-3', 'Jaw')] },
    ],
    images: [[1, 1, 'IO']],
  },
  {
    study: [
      text('PatientName', 'Smith^John'),
      text('PatientID', 'P4'),
      text('StudyDate', '20240310'),
      text('StudyTime', '120000.5'),
      text('AccessionNumber', 'A5'),
      { tag: 'ProcedureCodeSequence', value: [code('T-2', 'Tooth')] },
    ],
    images: [
      [1, 1, 'CT'],
      [1, 2, 'CT'],
    ],
  },
  {
    study: [
      text('SpecificCharacterSet', 'ISO_IR 192'),
      text('PatientName', 'Иванов^Пётр'),
      text('PatientID', 'P5'),
      text('StudyDate', '20231224'),
      text('StudyTime', '000500'),
      text('AccessionNumber', 'A6'),
    ],
    images: [[1, 1, 'US']],
  },
];

const tagOf = (keyword: string): string => findEntry(keyword)?.tag ?? keyword;
const sorted = (elements: readonly BuildElement[]): BuildElement[] =>
  elements.toSorted((a, b) => (tagOf(a.tag) < tagOf(b.tag) ? -1 : 1));

/** Fills an archive with the six studies. */
export async function openFindArchive(folder: string): Promise<Store> {
  const store = await openArchive(folder);
  for (const [at, { study, images }] of planned.entries())
    for (const [series, image, Modality] of images) {
      const uid = `1.9.${at + 1}`;
      const elements = sorted([
        ...study,
        text('Modality', Modality),
        text('StudyInstanceUID', uid),
        text('SeriesInstanceUID', `${uid}.${series}`),
        text('SeriesNumber', String(series)),
        text('SOPInstanceUID', `${uid}.${series}.${image}`),
        text('InstanceNumber', String(image)),
        text('KVP', String(80 + image)),
      ]);
      await store.receive(inPieces(buildPart10({ elements: instanceElements(elements) })), scanner);
    }
  return store;
}

/** What findscu got. */
export interface Found {
  readonly code: number;
  /** The status of every response, the final one last. */
  readonly statuses: readonly number[];
  /** The answers, by keyword: texts as they are decoded, sequences as JSON. */
  readonly answers: readonly Readonly<Record<string, string>>[];
  /** The bytes of each answer's file. */
  readonly files: readonly Buffer[];
  readonly output: string;
}

/** How findscu asks. */
export interface FindscuOptions {
  readonly model?: '-P' | '-S' | '-O';
  readonly more?: readonly string[];
  /** The identifier where its bytes matter; `keys` are none then. */
  readonly identifier?: readonly BuildElement[];
  readonly callingAET?: string;
  readonly calledAET?: string;
}

const values = (json: DicomJson): Record<string, string> =>
  Object.fromEntries(
    Object.entries(json).map(([tag, { vr, Value = [] }]) => [
      findEntry(tag)?.keyword ?? tag,
      vr === 'SQ' ? JSON.stringify(Value.map((item) => values(item as DicomJson))) : jsonTexts(vr, Value).join('\\'),
    ]),
  );

function readAnswer(file: Buffer): Record<string, string> {
  const reader = createHeaderReader();
  reader.write(file);
  return values(toDicomJson(reader.end()));
}

/** Asks with DCMTK's findscu; keys are `Keyword=value` or `Keyword`. */
export async function findscu(
  port: number,
  keys: readonly string[],
  { model = '-S', more = [], identifier, callingAET = 'FINDSCU', calledAET = 'CHAIRSIDE' }: FindscuOptions = {},
): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'chairside-find-'));
  try {
    const query = join(folder, 'query.dcm');
    if (identifier) writeFileSync(query, buildPart10({ elements: sorted(identifier) }));
    const asked = identifier ? [query] : keys.flatMap((key) => ['-k', key]);
    const options = [model, '-d', '-X', '-od', folder, '-aet', callingAET, '-aec', calledAET, ...more];
    const { code, output } = await dcmtk('findscu', ...options, '127.0.0.1', String(port), ...asked);
    const files = readdirSync(folder)
      .filter((name) => name.startsWith('rsp'))
      .toSorted()
      .map((name) => readFileSync(join(folder, name)));
    const statuses = [...output.matchAll(/DIMSE Status +: 0x([0-9a-f]{4})/g)].map(([, status]) =>
      Number(`0x${status}`),
    );
    return { code, statuses, files, answers: files.map(readAnswer), output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The values of one attribute in all answers, sorted. */
export const column = ({ answers }: Found, keyword: string): string[] =>
  answers.map((answer) => answer[keyword] ?? '(absent)').toSorted();

/** The FIND SOP classes of Patient Root and Study Root. */
export const patientRoot = '1.2.840.10008.5.1.4.1.2.1.1';
export const studyRoot = '1.2.840.10008.5.1.4.1.2.2.1';

/** Opens an association for C-FIND (context 1, Explicit VR Little Endian) and verification (3); `extended` are the bytes of extended negotiation. */
export function connectForFind(
  port: number,
  abstractSyntax = studyRoot,
  extended?: readonly number[],
  calledAET = 'CHAIRSIDE',
) {
  const uid = Buffer.from(abstractSyntax);
  const length = Buffer.from([0, uid.length]);
  return connect({
    port,
    calledAET,
    contexts: [
      { id: 1, abstractSyntax, transferSyntaxes: [explicitLittleEndian] },
      { id: 3, abstractSyntax: verification, transferSyntaxes: [explicitLittleEndian] },
    ],
    ...(extended ? { userItems: [[0x56, Buffer.concat([length, uid, Buffer.from(extended)])]] } : {}),
  });
}

/** Sends a C-FIND without waiting for its answers. */
export function sendFind(
  association: RawAssociation,
  identifier: Uint8Array,
  { messageId = 1, abstractSyntax = studyRoot } = {},
): void {
  const command = makeCommand({ 0x0002: abstractSyntax, 0x0100: 0x20, 0x0110: messageId, 0x0700: 0, 0x0800: 1 });
  association.sendPdu(pdu.data, makePdv(1, 3, command));
  const room = association.maximumLength - 6;
  for (let at = 0; at === 0 || at < identifier.length; at += room)
    association.sendPdu(
      pdu.data,
      makePdv(1, at + room >= identifier.length ? 2 : 0, identifier.subarray(at, at + room)),
    );
}

/** Sends the C-CANCEL of a message. */
export const sendCancel = (association: RawAssociation, messageId = 1): void =>
  association.sendPdu(pdu.data, makePdv(1, 3, makeCommand({ 0x0100: 0xfff, 0x0120: messageId, 0x0800: 0x0101 })));

/** The next response with its answer, if it has one. */
export async function nextAnswer(
  association: RawAssociation,
): Promise<{ response: RawResponse; answer?: Record<string, string> }> {
  const response = await association.nextResponse();
  if (response.Status !== 0xff00 && response.Status !== 0xff01) return { response };
  const parts: Buffer[] = [];
  for (let isLast = false; !isLast;) {
    const next = await association.nextPdu();
    if (next?.type !== pdu.data) throw new Error('The answer ends too early.');
    isLast = ((next.body[5] ?? 0) & 2) === 2;
    parts.push(next.body.subarray(6));
  }
  return { response, answer: values(toDicomJson(readDataSet(Buffer.concat(parts), explicitLittleEndian))) };
}

/** All answers to a C-FIND, and its final response. */
export async function askRaw(
  association: RawAssociation,
  elements: readonly BuildElement[] | Uint8Array,
  abstractSyntax = studyRoot,
): Promise<{ answers: Record<string, string>[]; final: RawResponse }> {
  const identifier = elements instanceof Uint8Array ? elements : buildDataSet(sorted(elements));
  sendFind(association, identifier, { abstractSyntax });
  const answers: Record<string, string>[] = [];
  for (;;) {
    const { response, answer } = await nextAnswer(association);
    if (!answer) return { answers, final: response };
    answers.push(answer);
  }
}

/** Elements of an identifier from `Keyword=value` and `Keyword`. */
export const elementsOf = (...keys: readonly string[]): BuildElement[] =>
  keys.map((key) => {
    const at = key.indexOf('=');
    return at < 0 ? { tag: key, value: '' } : { tag: key.slice(0, at), value: key.slice(at + 1) };
  });
