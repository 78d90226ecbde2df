/** The tables of C-FIND that the conformance statement is made of agree with the dictionary and with each other. */
import { uniqueKeys } from '#shared/attributes.ts';
import { expect, test } from 'vitest';
import { findEntry } from '#shared/dictionary.ts';
import { findKeys, findModels, findStatusMeanings, keysOfFile } from '#main/dimse/find-model.ts';
import { findStatus, status } from '#main/dimse/status.ts';
import type { PacsErrorCode } from '#shared/errors.ts';
import { answerFindExtension, readFindExtension } from '#main/dimse/find-extension.ts';

test('Every key is an attribute of the dictionary, with its VR and once', () => {
  for (const { keyword, tag, vr } of findKeys) {
    const entry = findEntry(tag);
    expect([tag, entry?.keyword]).toEqual([tag, keyword]);
    if (entry!.vr.length === 2 && /^[A-Z]{2}$/.test(entry!.vr)) expect([tag, vr]).toEqual([tag, entry!.vr]);
  }
  const ofFile = [...keysOfFile.PATIENT, ...keysOfFile.STUDY];
  for (const keyword of ofFile) expect([keyword, findEntry(keyword)?.keyword]).toEqual([keyword, keyword]);
  const all = [...findKeys.map(({ keyword }) => keyword), ...ofFile];
  expect(all.length).toBe(new Set(all).size);
});

test('The keys that PS3.4 C.6.1.1 and C.6.2.1 require are there', () => {
  const ofType = (type: string, level: string) =>
    findKeys.filter((key) => key.type === type && key.level === level).map(({ keyword }) => keyword);
  expect(ofType('U', 'PATIENT')).toEqual(['PatientID']);
  expect(ofType('R', 'PATIENT')).toEqual(['PatientName']);
  expect(ofType('U', 'STUDY')).toEqual(['StudyInstanceUID']);
  expect(ofType('R', 'STUDY')).toEqual(['StudyDate', 'StudyTime', 'AccessionNumber', 'StudyID']);
  expect(ofType('U', 'SERIES')).toEqual(['SeriesInstanceUID']);
  expect(ofType('R', 'SERIES')).toEqual(['Modality', 'SeriesNumber']);
  expect(ofType('U', 'IMAGE')).toEqual(['SOPInstanceUID']);
  expect(ofType('R', 'IMAGE')).toEqual(['InstanceNumber']);
  expect(Object.keys(uniqueKeys)).toEqual(findModels[0]!.levels);
});

test('Extended negotiation agrees only to what is asked for and done, and to no more bytes than came', () => {
  expect([...answerFindExtension(Uint8Array.from([1, 1, 1, 1, 1, 1, 1]))]).toEqual([1, 1, 1, 0, 0]);
  expect([...answerFindExtension(Uint8Array.from([0, 2]))]).toEqual([0, 0]);
  expect([...answerFindExtension(new Uint8Array(0))]).toEqual([]);
  expect(readFindExtension(undefined)).toEqual({ relational: false, combined: false, fuzzy: false });
  expect(readFindExtension(Uint8Array.from([1, 0, 1]))).toEqual({ relational: true, combined: false, fuzzy: true });
});

test('Every status that a C-FIND can end with is described', () => {
  const codes: PacsErrorCode[] = [
    'bad-request',
    'damaged',
    'unsupported',
    'too-large',
    'busy',
    'internal',
    'forbidden',
    'not-found',
  ];
  const used = [...codes.map(findStatus), status.success, status.pending, status.pendingWarning, status.cancelled];
  const described = findStatusMeanings.map((one) => one.status);
  expect(new Set(described)).toEqual(new Set(used));
  expect(described.length).toBe(new Set(described).size);
});
