import { describe, expect, it } from 'vitest';
import { attributes } from '#shared/attributes.ts';
import { findEntry } from '#shared/dictionary.ts';
import { isStorageSOPClass, storageSOPClasses } from '#shared/sop-classes.ts';
import { findTransferSyntax, transferSyntaxes } from '#shared/transfer-syntaxes.ts';
import { corpus, hasSharedData, sharedDataNote } from '../support/shared-data.ts';

describe('the data dictionary', () => {
  it.each([
    ['00100010', 'PatientName', 'PN', "Patient's Name"],
    ['0020000d', 'StudyInstanceUID', 'UI', 'Study Instance UID'],
    ['7FE00010', 'PixelData', 'ox', 'Pixel Data'],
    ['00280106', 'SmallestImagePixelValue', 'xs', 'Smallest Image Pixel Value'],
    ['60023000', 'OverlayData', 'ox', 'Overlay Data'],
    ['50FE0005', 'CurveDimensions', 'US', 'Curve Dimensions'],
    ['00020010', 'TransferSyntaxUID', 'UI', 'Transfer Syntax UID'],
    ['0018925C', 'ASLBolusCutoffFlag', 'CS', 'ASL Bolus Cut-off Flag'],
    ['0008001C', 'SyntheticData', 'CS', 'Synthetic Data'],
  ])('%s is %s', (tag, keyword, vr, name) => {
    expect(findEntry(tag)).toMatchObject({ keyword, vr, name });
    expect(findEntry(keyword)).toMatchObject({ keyword, vr });
  });

  it('knows no private tags, and nothing that is none', () => {
    for (const name of ['00091001', '00100011', 'Nonsense', '', '6001300x']) expect(findEntry(name)).toBeUndefined();
  });

  it('agrees with every indexed attribute', () => {
    for (const { tag, keyword, vr } of attributes) {
      const entry = findEntry(tag);
      expect(entry?.keyword).toBe(keyword);
      // These two are matched as something else.
      expect([keyword, entry?.vr]).toEqual([keyword, vr]);
    }
  });
});

describe('storage SOP classes', () => {
  it('are there, retired ones too, each once', () => {
    expect(storageSOPClasses.length).toBeGreaterThanOrEqual(202);
    expect(new Set(storageSOPClasses.map(({ uid }) => uid)).size).toBe(storageSOPClasses.length);
    for (const { uid, name } of storageSOPClasses)
      expect([uid, name]).toEqual([
        expect.stringMatching(/^1\.2\.840\.10008\.5\.1\.[14]\.[0-9.]+$/),
        expect.stringMatching(/\w/),
      ]);
    const retired = ['1.2.840.10008.5.1.4.1.1.3', '1.2.840.10008.5.1.4.1.1.6', '1.2.840.10008.5.1.4.1.1.77.2'];
    for (const uid of retired) expect([uid, isStorageSOPClass(uid)]).toEqual([uid, true]);
    expect(storageSOPClasses).toContainEqual({
      uid: '1.2.840.10008.5.1.4.1.1.13.1.2',
      name: 'X-Ray 3D Craniofacial Image Storage',
    });
  });

  it('are not what cannot be stored', () => {
    const others = [
      '1.2.840.10008.1.1',
      '1.2.840.10008.1.3.10',
      '1.2.840.10008.1.20.1',
      '1.2.840.10008.5.1.4.1.2.1.1',
      '1.2.840.10008.5.1.4.1.1.200.4',
      '',
    ];
    for (const uid of others) expect([uid, isStorageSOPClass(uid)]).toEqual([uid, false]);
  });

  it.skipIf(!hasSharedData)(`cover the images of the corpus${sharedDataNote}`, () => {
    const unknown = new Set(
      corpus
        .filter(({ path, series_uid, rows }) => !path.startsWith('broken') && series_uid && rows)
        .map(({ sop_class_uid }) => sop_class_uid ?? '')
        .filter((uid) => uid.startsWith('1.2.840.10008.') && !isStorageSOPClass(uid)),
    );
    expect([...unknown]).toEqual([]);
  });
});

describe('transfer syntaxes', () => {
  it('are the 48 that Orthanc takes, and two newer ones', () => {
    expect(transferSyntaxes).toHaveLength(50);
    expect(new Set(transferSyntaxes.map(({ uid }) => uid)).size).toBe(50);
  });

  it.each([
    ['1.2.840.10008.1.2', { encapsulated: false, explicitVR: false, bigEndian: false, deflated: false, lossy: false }],
    ['1.2.840.10008.1.2.2', { encapsulated: false, explicitVR: true, bigEndian: true }],
    ['1.2.840.10008.1.2.1.98', { encapsulated: true, lossy: false }],
    ['1.2.840.10008.1.2.1.99', { encapsulated: false, deflated: true }],
    ['1.2.840.10008.1.2.8.1', { encapsulated: true, deflated: false, lossy: false }],
    ['1.2.840.10008.1.2.4.50', { encapsulated: true, lossy: true }],
    ['1.2.840.10008.1.2.4.70', { encapsulated: true, lossy: false }],
    ['1.2.840.10008.1.2.4.80', { lossy: false }],
    ['1.2.840.10008.1.2.4.81', { lossy: true }],
    ['1.2.840.10008.1.2.4.90', { lossy: false }],
    ['1.2.840.10008.1.2.4.202', { lossy: false }],
    ['1.2.840.10008.1.2.5', { encapsulated: true, lossy: false }],
  ])('%s', (uid, said) => expect(findTransferSyntax(uid)).toMatchObject(said));

  it('not known', () => expect(findTransferSyntax('1.2.840.10008.9')).toBeUndefined());
});
