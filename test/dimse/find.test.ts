/** C-FIND by DCMTK's findscu over a real archive: what matches, what comes back, and every way to ask wrongly. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFindService } from '#main/dimse/c-find.ts';
import type { Store } from '#main/store/store.ts';
import { temporaryFolder } from '../support/instances.ts';
import { bytes, column, findscu, openFindArchive, type FindscuOptions } from './find-support.ts';
import { dcmtkNote, hasDcmtk, startServer } from './support.ts';

const folder = temporaryFolder();
let store: Store;
beforeAll(async () => void (store = await openFindArchive(folder.path)));
afterAll(async () => {
  await store.close();
  folder.remove();
});

const start = async (overrides: Record<string, unknown> = {}) =>
  startServer(store, { DicomAlwaysAllowFind: true, ...overrides }, 2, (settings) => [
    createFindService({ store, settings }),
  ]);

const ask = async (keys: readonly string[], options: FindscuOptions = {}, overrides: Record<string, unknown> = {}) =>
  findscu((await start(overrides)).port, keys, options);

const studies = (...keys: string[]) => ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID', ...keys];

describe.skipIf(!hasDcmtk)(`C-FIND${dcmtkNote}`, () => {
  // Studies 1.9.1 to 1.9.6 of find-support.ts.
  it.each([
    ['all', [], '123456'],
    ['a patient ID', ['PatientID=P4'], '45'],
    ['a name with a wildcard', ['PatientName=SM*'], '45'],
    ['a wildcard within', ['PatientName=*^j?hn'], '45'],
    ['a name without its accent', ['PatientName=muller^anna'], '1'],
    ['a name by its first component and an asterisk', ['PatientName=Yamada*'], '3'],
    ['an accession number by one sign', ['AccessionNumber=A?'], '123456'],
    ['a day', ['StudyDate=20240201'], '34'],
    ['a range of days', ['StudyDate=20240131-20240201'], '234'],
    ['days until', ['StudyDate=-20240115'], '16'],
    ['days from', ['StudyDate=20240201-'], '345'],
    ['a time of day', ['StudyTime=080000-103000'], '134'],
    ['a fraction of a second', ['StudyTime=120000.4-120000.6'], '5'],
    ['days and times, each for itself', ['StudyDate=20240131-20240201', 'StudyTime=080000-090000'], '3'],
    ['a list of UIDs', ['StudyInstanceUID=1.9.2\\1.9.5\\1.9.99'], '25'],
    ['a modality in the study', ['ModalitiesInStudy=CT'], '15'],
    ['two modalities in the study', ['ModalitiesInStudy=SR\\PX'], '12'],
    ['a key of a lower level', ['Modality=US'], '36'],
    ['a sequence', ['ProcedureCodeSequence[0].CodeValue=T-1'], '14'],
    [
      'two keys in one item of a sequence',
      ['ProcedureCodeSequence[0].CodeValue=T-2', 'ProcedureCodeSequence[0].CodeMeaning=Tooth'],
      '5',
    ],
    [
      'two keys in different items',
      ['ProcedureCodeSequence[0].CodeValue=T-3', 'ProcedureCodeSequence[0].CodeMeaning=Tooth'],
      '',
    ],
    ['a wildcard in a sequence', ['ProcedureCodeSequence[0].CodeMeaning=jaw*'], '4'],
    ['a key that is not indexed', ['PatientWeight=61.5'], '1'],
    ['a count', ['NumberOfStudyRelatedInstances=3'], '1'],
    ['nothing', ['PatientID=nobody'], ''],
  ])('finds %s', async (_, keys, expected) => {
    const uid = keys.find((key) => key.startsWith('StudyInstanceUID'));
    const found = await ask([
      'QueryRetrieveLevel=STUDY',
      uid ?? 'StudyInstanceUID',
      ...keys.filter((key) => key !== uid),
    ]);
    expect(column(found, 'StudyInstanceUID')).toEqual([...expected].map((number) => `1.9.${number}`));
    expect(found.statuses.at(-1)).toBe(0);
    expect(found.code).toBe(0);
  });

  it('regards case and accents of names where the settings say so', async () => {
    const options = { CaseSensitivePN: true };
    expect((await ask(studies('PatientName=smith*'), {}, options)).answers).toEqual([]);
    expect(column(await ask(studies('PatientName=Smith*'), {}, options), 'StudyInstanceUID')).toEqual([
      '1.9.4',
      '1.9.5',
    ]);
  });
});

describe.skipIf(!hasDcmtk)(`character sets of C-FIND${dcmtkNote}`, () => {
  const level = { tag: 'QueryRetrieveLevel', value: 'STUDY' };
  const identifier = (set: string | undefined, name: string | Uint8Array) => [
    ...(set === undefined ? [] : [{ tag: 'SpecificCharacterSet', value: set }]),
    level,
    { tag: 'PatientName', value: name },
    { tag: 'PatientID', value: '' },
    { tag: 'StudyDescription', value: '' },
    { tag: 'StudyInstanceUID', value: '' },
  ];
  const utf8 = (text: string) => bytes(Buffer.from(text).toString('latin1'));
  const kanji = '\\ISO 2022 IR 87';

  // What is asked, in which bytes; which study that is, in which set the answer comes, and the bytes of its name.
  it.each([
    ['Latin-1', 'ISO_IR 100', bytes('m\xdcLLER*'), '1', 'ISO_IR 100', 'M\xfcller^Anna'],
    ['UTF-8 for what was stored as Latin-1', 'ISO_IR 192', utf8('Müller^*'), '1', 'ISO_IR 192', 'M\xc3\xbcller^Anna'],
    ['nothing said for what is not ASCII', undefined, 'Muller*', '1', 'ISO_IR 192', 'M\xc3\xbcller^Anna'],
    ['nothing said for what is ASCII', undefined, 'Smith^John', '45', undefined, 'Smith^John'],
    [
      'Greek',
      'ISO_IR 126',
      bytes('\xd0\xc1\xd0\xc1\xd3*'),
      '2',
      'ISO_IR 126',
      '\xd0\xe1\xf0\xdc\xf2^\xcd\xdf\xea\xef\xf2',
    ],
    ['Greek for what Latin-1 cannot say', 'ISO_IR 100', '*', '123456', undefined, undefined],
    [
      'kanji',
      kanji,
      bytes('*\x1b$B;3ED\x1b(B*'),
      '3',
      kanji,
      'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
    ],
    [
      'kana in UTF-8',
      'ISO_IR 192',
      utf8('やまだ^たろう'),
      '3',
      'ISO_IR 192',
      utf8Of('Yamada^Tarou=山田^太郎=やまだ^たろう'),
    ],
    [
      'Cyrillic in ISO 8859-5',
      'ISO_IR 144',
      bytes('\xb8\xd2\xd0\xdd\xde\xd2*'),
      '6',
      'ISO_IR 144',
      '\xb8\xd2\xd0\xdd\xde\xd2^\xbf\xf1\xe2\xe0',
    ],
    ['GB 18030', 'GB18030', bytes('*\xc9\xbd\xcc\xef*'), '3', 'GB18030', undefined],
  ])('%s', async (_, set, name, expected, answered, encoded) => {
    const found = await ask([], { identifier: identifier(set, name) });
    expect(column(found, 'StudyInstanceUID')).toEqual([...expected].map((number) => `1.9.${number}`));
    if (expected.length > 2) return;
    for (const file of found.files) {
      const raw = file.toString('latin1', file.indexOf('QueryRetrieve') + 1);
      expect(raw.includes(`\x08\0\x05\0CS`)).toBe(answered !== undefined);
      if (answered) expect(raw).toContain(`\x08\0\x05\0CS${sized(answered)}`);
      if (encoded) expect(raw).toContain(`\x10\0\x10\0PN${sized(encoded)}`);
    }
  });

  it('answers each study in the set of the query where it fits, else in UTF-8', async () => {
    const found = await ask([], { identifier: identifier('ISO_IR 100', '*') });
    const sets = found.files.map((file) => /ISO_IR \d+/.exec(file.toString('latin1'))?.[0]);
    const byStudy = Object.fromEntries(found.answers.map((answer, at) => [answer['StudyInstanceUID'], sets[at]]));
    expect(byStudy).toEqual({
      '1.9.1': 'ISO_IR 100',
      '1.9.2': 'ISO_IR 192',
      '1.9.3': 'ISO_IR 192',
      '1.9.4': 'ISO_IR 100',
      '1.9.5': 'ISO_IR 100',
      '1.9.6': 'ISO_IR 192',
    });
    expect(column(found, 'PatientName')).toEqual(
      [
        'Smith^John',
        'Smith^John',
        'Müller^Anna',
        'Παπάς^Νίκος',
        'Иванов^Пётр',
        'Yamada^Tarou=山田^太郎=やまだ^たろう',
      ].toSorted(),
    );
  });

  it('refuses letters of a set that nobody knows, and takes ASCII', async () => {
    const refused = await ask([], { identifier: identifier('ISO_IR 999', bytes('M\xfcller*')) });
    expect(refused.statuses).toEqual([0xc001]);
    const taken = await ask([], { identifier: identifier('ISO_IR 999', 'Smith*') });
    expect(column(taken, 'StudyInstanceUID')).toEqual(['1.9.4', '1.9.5']);
  });
});

describe.skipIf(!hasDcmtk)(`answers of C-FIND${dcmtkNote}`, () => {
  it('have every key that was asked for, empty where nothing is known', async () => {
    const { answers, statuses } = await ask([
      'QueryRetrieveLevel=STUDY',
      'StudyInstanceUID=1.9.1',
      'PatientName',
      'PatientBirthDate',
      'StudyID',
      'StudyDescription',
      'ReferringPhysicianName',
      'PatientWeight',
      'ModalitiesInStudy',
      'SOPClassesInStudy',
      'NumberOfStudyRelatedSeries',
      'NumberOfStudyRelatedInstances',
      'NumberOfPatientRelatedStudies',
      'NumberOfPatientRelatedSeries',
      'NumberOfPatientRelatedInstances',
      'ProcedureCodeSequence[0].CodeValue',
    ]);
    expect(statuses).toEqual([0xff00, 0]);
    expect(answers).toEqual([
      {
        SpecificCharacterSet: 'ISO_IR 192',
        QueryRetrieveLevel: 'STUDY',
        RetrieveAETitle: 'CHAIRSIDE',
        InstanceAvailability: 'ONLINE',
        StudyInstanceUID: '1.9.1',
        PatientName: 'Müller^Anna',
        PatientBirthDate: '',
        StudyID: '',
        StudyDescription: 'DVT Oberkiefer, groß',
        ReferringPhysicianName: '',
        PatientWeight: '61.5',
        ModalitiesInStudy: 'CT\\SR',
        SOPClassesInStudy: '1.2.840.10008.5.1.4.1.1.7',
        NumberOfStudyRelatedSeries: '2',
        NumberOfStudyRelatedInstances: '3',
        NumberOfPatientRelatedStudies: '1',
        NumberOfPatientRelatedSeries: '2',
        NumberOfPatientRelatedInstances: '3',
        ProcedureCodeSequence: '[{"CodeValue":"T-1"}]',
      },
    ]);
  });

  it('give whole items where a sequence is asked for without keys', async () => {
    const { answers } = await ask(['QueryRetrieveLevel=STUDY', 'StudyInstanceUID=1.9.4', 'ProcedureCodeSequence']);
    expect(JSON.parse(answers[0]!['ProcedureCodeSequence']!)).toEqual([
      { CodeValue: 'T-1', CodingSchemeDesignator: 'SRT', CodeMeaning: 'Tooth' },
      { CodeValue: 'T-3', CodingSchemeDesignator: 'SRT', CodeMeaning: 'Jaw' },
    ]);
  });

  it('say by their status that a key is not supported', async () => {
    const { answers, statuses } = await ask(
      studies('StudyInstanceUID=1.9.4', 'KVP', '0009,1001', 'Modality').slice(1).concat('QueryRetrieveLevel=STUDY'),
    );
    expect(statuses).toEqual([0xff01, 0]);
    expect(answers[0]).toMatchObject({ KVP: '', Modality: '' });
  });

  it.each([
    [
      'PATIENT',
      '-P',
      ['PatientID=P4', 'NumberOfPatientRelatedStudies', 'PatientName'],
      [{ PatientID: 'P4', NumberOfPatientRelatedStudies: '2', PatientName: 'Smith^John' }],
    ],
    [
      'STUDY',
      '-P',
      ['PatientID=P4', 'StudyInstanceUID', 'StudyDate=2024-'],
      [{ StudyInstanceUID: '1.9.4' }, { StudyInstanceUID: '1.9.5' }],
    ],
    [
      'SERIES',
      '-S',
      [
        'StudyInstanceUID=1.9.1',
        'SeriesInstanceUID',
        'Modality=CT',
        'NumberOfSeriesRelatedInstances',
        'PatientName',
        'KVP',
      ],
      [
        {
          SeriesInstanceUID: '1.9.1.1',
          Modality: 'CT',
          NumberOfSeriesRelatedInstances: '2',
          PatientName: 'Müller^Anna',
          KVP: '81',
        },
      ],
    ],
    [
      'IMAGE',
      '-S',
      [
        'StudyInstanceUID=1.9.1',
        'SeriesInstanceUID=1.9.1.1',
        'SOPInstanceUID',
        'InstanceNumber',
        'KVP=82',
        'SOPClassUID',
      ],
      [{ SOPInstanceUID: '1.9.1.1.2', InstanceNumber: '2', KVP: '82', SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' }],
    ],
    [
      'IMAGE',
      '-P',
      ['PatientID=P1', 'StudyInstanceUID=1.9.1', 'SeriesInstanceUID=1.9.1.2', 'SOPInstanceUID'],
      [{ SOPInstanceUID: '1.9.1.2.1' }],
    ],
    ['PATIENT', '-P', ['PatientID', 'StudyDate=20240131'], [{ PatientID: 'P2', StudyDate: '' }]],
    [
      'SERIES',
      '-S',
      ['StudyInstanceUID=1.9.5', 'SeriesInstanceUID', 'NumberOfPatientRelatedStudies', 'NumberOfStudyRelatedInstances'],
      [{ NumberOfPatientRelatedStudies: '2', NumberOfStudyRelatedInstances: '2' }],
    ],
    ['PATIENT', '-O', ['PatientID=P3', 'PatientName'], [{ PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう' }]],
    ['STUDY', '-O', ['PatientID=P5', 'StudyInstanceUID'], [{ StudyInstanceUID: '1.9.6' }]],
  ] as const)('at level %s by %s', async (level, model, keys, expected) => {
    const found = await ask([`QueryRetrieveLevel=${level}`, ...keys], { model });
    expect(found.statuses.at(-1)).toBe(0);
    const bySOP = found.answers.toSorted((a, b) =>
      String(a['StudyInstanceUID']).localeCompare(String(b['StudyInstanceUID'])),
    );
    expect(bySOP).toMatchObject(expected);
    expect(found.answers).toHaveLength(expected.length);
    expect(found.answers.every((answer) => answer['QueryRetrieveLevel'] === level)).toBe(true);
  });

  it.each(['-xi', '-xe', '-xb', '-xd'])('in the transfer syntax that the caller prefers: %s', async (syntax) => {
    const found = await ask(studies('PatientName=Müller*', 'SpecificCharacterSet=ISO_IR 192', 'Rows'), {
      more: [syntax],
    });
    expect(found.answers).toMatchObject([{ PatientName: 'Müller^Anna', StudyInstanceUID: '1.9.1' }]);
    const name = {
      '-xi': 'LittleEndianImplicit',
      '-xe': 'LittleEndianExplicit',
      '-xb': 'BigEndianExplicit',
      '-xd': 'Deflated',
    }[syntax]!;
    expect(found.output).toContain(name);
  });

  it('name the AE title that was called', async () => {
    const overrides = { Chairside: { AETitles: [{ AET: 'SECOND' }] } };
    const found = await ask(studies('PatientID=P1'), { calledAET: 'SECOND' }, overrides);
    expect(column(found, 'RetrieveAETitle')).toEqual(['SECOND']);
  });

  it.each([
    ['STUDY', { LimitFindResults: 3, LimitFindInstances: 1 }, 3, 0xfe00],
    ['STUDY', { LimitFindResults: 6 }, 6, 0],
    ['IMAGE', { LimitFindResults: 1, LimitFindInstances: 2 }, 2, 0],
    ['IMAGE', { LimitFindInstances: 1 }, 1, 0xfe00],
  ])('stop at the limit of the settings: %s %o', async (level, overrides, count, final) => {
    const keys =
      level === 'STUDY'
        ? studies()
        : ['QueryRetrieveLevel=IMAGE', 'StudyInstanceUID=1.9.1', 'SeriesInstanceUID=1.9.1.1', 'SOPInstanceUID'];
    const found = await ask(keys, {}, overrides);
    expect([found.answers.length, found.statuses.at(-1)]).toEqual([count, final]);
  });
});

describe.skipIf(!hasDcmtk)(`wrong questions of C-FIND${dcmtkNote}`, () => {
  it.each([
    ['no level', '-S', ['StudyInstanceUID'], 0xa900, 'The query does not say its level.'],
    [
      'a level that is none',
      '-S',
      ['QueryRetrieveLevel=FRAME'],
      0xa900,
      'The query asks for a level that its model does not have.',
    ],
    ['a level that the model does not have', '-S', ['QueryRetrieveLevel=PATIENT'], 0xa900, 'level'],
    ['a level below the retired model', '-O', ['QueryRetrieveLevel=SERIES', 'PatientID=P1'], 0xa900, 'level'],
    ['no patient', '-P', studies(), 0xa900, 'A query at level STUDY needs one PatientID.'],
    [
      'no study',
      '-S',
      ['QueryRetrieveLevel=SERIES', 'SeriesInstanceUID'],
      0xa900,
      'A query at level SERIES needs one StudyInstanceUID.',
    ],
    [
      'two studies above',
      '-S',
      ['QueryRetrieveLevel=SERIES', 'StudyInstanceUID=1.9.1\\1.9.2'],
      0xa900,
      'StudyInstanceUID',
    ],
    ['a pattern above', '-S', ['QueryRetrieveLevel=SERIES', 'StudyInstanceUID=1.9.*'], 0xa900, 'StudyInstanceUID'],
    ['no series', '-S', ['QueryRetrieveLevel=IMAGE', 'StudyInstanceUID=1.9.1'], 0xa900, 'SeriesInstanceUID'],
    [
      'a sequence with two items',
      '-S',
      studies('ProcedureCodeSequence[0].CodeValue=a', 'ProcedureCodeSequence[1].CodeValue=b'),
      0xa900,
      'sequence',
    ],
  ] as const)('%s', async (_, model, keys, status, words) => {
    const found = await ask(keys, { model });
    expect(found.statuses).toEqual([status]);
    expect(found.output).toContain(words);
    expect(found.answers).toEqual([]);
  });

  it('are refused by the association where the caller has no right', async () => {
    const { port, refusals } = await startServer(store, {}, 2, (settings) => [createFindService({ store, settings })]);
    const found = await findscu(port, studies());
    expect(found.code).not.toBe(0);
    expect(found.answers).toEqual([]);
    expect(refusals).toHaveLength(1);
  });
});

/** The length and padded bytes of a text element. */
function sized(text: string): string {
  const even = text.length % 2 ? `${text} ` : text;
  return `${String.fromCharCode(even.length)}\0${even}`;
}

function utf8Of(text: string): string {
  return Buffer.from(text).toString('latin1');
}
