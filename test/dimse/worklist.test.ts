/** Worklist queries over the network: findscu asks us and DCMTK's wlmscpfs, bare sockets ask what nobody should. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { buildDataSet } from '../support/build-data-set.ts';
import { dumpToFile, filledFolder, order, testFolder } from '../worklist/support.ts';
import {
  askRaw,
  bytes,
  connectForFind,
  findscu,
  nextAnswer,
  sendCancel,
  sendFind,
  type Found,
} from './find-support.ts';
import { dcmtk, dcmtkNote, hasDcmtk, until } from './support.ts';
import { startWlmscpfs, startWorklist, worklistModel } from './worklist-support.ts';

const step = (key: string): string => `ScheduledProcedureStepSequence[0].${key}`;
const returned = ['PatientName', 'PatientID', step('ScheduledProcedureStepID'), step('Modality')];
const ask = (port: number, keys: readonly string[], more: readonly string[] = []): Promise<Found> => {
  const names = new Set(keys.map((key) => key.split('=')[0]));
  return findscu(port, [...keys, ...returned.filter((key) => !names.has(key))], { more: ['-W', ...more] });
};
const patients = ({ answers }: Found): string[] => answers.map((answer) => answer['PatientID'] ?? '').toSorted();

const dump = (number: number, name: string, [date, time]: readonly [string, string], more: string): string => `
(0008,0005) CS [ISO_IR 100]
(0008,0050) SH [ACC${number}]
(0008,0090) PN [Referrer^Rita]
(0010,0010) PN [${name}]
(0010,0020) LO [W${number}]
(0010,0030) DA [1970010${number}]
(0010,0040) CS [${number % 2 ? 'M' : 'F'}]
(0010,2000) LO [METASTASIS]
(0020,000d) UI [1.2.276.0.7230010.3.2.10${number}]
(0032,1032) PN [SMITH]
(0032,1060) LO [EXAM${number}]
(0040,0100) SQ
(fffe,e000) -
(0008,0060) CS [${number % 2 ? 'US' : 'PX'}]
(0040,0001) AE [${more}]
(0040,0002) DA [${date}]
(0040,0003) TM [${time}]
(0040,0006) PN [JOHNSON^${number}]
(0040,0007) LO [STEP${number}]
(0040,0009) SH [SPD${number}]
(0040,0010) SH [STN${number}]
(0040,0011) SH [ROOM]
(fffe,e00d) -
(fffe,e0dd) -
(0040,1001) SH [RP${number}]
(0040,1003) SH [LOW]
`;
const dumps = [
  dump(1, 'VIVALDI^ANTONIO', ['20261120', '085607'], 'AA32\\AA33'),
  dump(2, 'MOZART^WOLFGANG', ['20261121', '103000'], 'AA32'),
  dump(3, 'MOZART^NANNERL', ['20261121', '140000'], 'BB11'),
  dump(4, 'BACH^JOHANN', ['20261122', '0900'], 'BB11'),
  dump(5, 'BEETHOVEN^LUDWIG', ['20261201', '2359'], 'CC00'),
];

describe.skipIf(!hasDcmtk)(`the same files as wlmscpfs serves${dcmtkNote}`, () => {
  it('give the same answers', async () => {
    const theirs = await startWlmscpfs('CHAIRSIDE');
    for (const [at, text] of dumps.entries())
      await dumpToFile(text, join(theirs.folder, `item${at + 1}.wl`), '-g', '+te');
    const ours = await startWorklist({ Worklists: { Database: theirs.folder } });
    await until(async () => (await ours.worklist.list({})).length === dumps.length);
    const everything = [
      'AccessionNumber',
      'ReferringPhysicianName',
      'PatientBirthDate',
      'PatientSex',
      'MedicalAlerts',
      'StudyInstanceUID',
      'RequestedProcedureDescription',
      'RequestedProcedureID',
      'RequestedProcedurePriority',
      ...['ScheduledStationAETitle', 'ScheduledProcedureStepStartDate', 'ScheduledProcedureStepStartTime'].map(step),
      ...['ScheduledPerformingPhysicianName', 'ScheduledProcedureStepDescription', 'ScheduledStationName'].map(step),
      ...['ScheduledProcedureStepLocation'].map(step),
    ];
    const questions: readonly (readonly string[])[] = [
      everything,
      ['PatientName=MOZART*'],
      ['PatientName=MOZART^?ANNERL'],
      ['PatientID=W4'],
      ['AccessionNumber=ACC2'],
      [step('Modality=US')],
      [step('ScheduledStationAETitle=AA33')],
      [step('ScheduledStationAETitle=BB11'), step('Modality=PX')],
      [step('ScheduledProcedureStepStartDate=20261121')],
      [step('ScheduledProcedureStepStartDate=20261121-20261122')],
      [step('ScheduledProcedureStepStartDate=-20261121')],
      [step('ScheduledProcedureStepStartDate=20261122-')],
      [step('ScheduledProcedureStepStartDate=20261121-20261122'), step('ScheduledProcedureStepStartTime=1100-1200')],
      [step('ScheduledPerformingPhysicianName=JOHNSON*'), step('ScheduledProcedureStepStartDate=20261201')],
      ['PatientName=NOBODY*'],
    ];
    const seen: number[] = [];
    const essence = ({ answers }: Found) =>
      answers
        .map((answer): Record<string, string> => ({ ...answer, SpecificCharacterSet: '' }))
        .toSorted((a, b) => ((a['PatientID'] ?? '') < (b['PatientID'] ?? '') ? -1 : 1));
    for (const question of questions) {
      const [mine, reference] = [await ask(ours.port, question), await ask(theirs.port, question)];
      expect(essence(mine), question.join(' ')).toEqual(essence(reference));
      seen.push(mine.answers.length);
    }
    expect(seen).toEqual([5, 2, 1, 1, 1, 3, 1, 1, 2, 3, 3, 2, 2, 1, 0]);
  }, 60_000);
});

describe.skipIf(!hasDcmtk)(`worklist queries by findscu${dcmtkNote}`, () => {
  it('answer in the character set of the query where it can hold the answer, else in UTF-8', async () => {
    const { port, worklist } = await startWorklist();
    await worklist.saveDataSet(order({}, { PatientID: 'latin', PatientName: 'Müller^Jörg' }), {});
    await worklist.saveDataSet(order({}, { PatientID: 'kanji', PatientName: 'Yamada^Tarou=山田^太郎' }), {});
    const query = (set: string, name: string | Uint8Array) =>
      findscu(port, [], {
        more: ['-W'],
        identifier: [
          { tag: 'SpecificCharacterSet', value: set },
          { tag: 'PatientName', value: name },
          { tag: 'PatientID', value: '' },
        ],
      });
    const names = ({ answers }: Found) => answers.map((answer) => answer['PatientName']);
    const latin = await query('ISO_IR 100', bytes('m\xfcller*'));
    expect(names(latin)).toEqual(['Müller^Jörg']);
    expect(latin.files[0]!.includes('ISO_IR 100')).toBe(true);
    expect(latin.files[0]!.includes(Buffer.from('M\xfcller^J\xf6rg ', 'latin1'))).toBe(true);
    const greek = await query('ISO_IR 126', 'muller*');
    expect(names(greek)).toEqual(['Müller^Jörg']);
    expect(greek.files[0]!.includes('ISO_IR 192')).toBe(true);
    const kanji = await query('\\ISO 2022 IR 87', bytes('*\x1b$B;3ED\x1b(B*'));
    expect(names(kanji)).toEqual(['Yamada^Tarou=山田^太郎']);
    expect(kanji.files[0]!.includes(Buffer.from('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B', 'latin1'))).toBe(
      true,
    );
    const plain = await query('', 'jorg');
    expect(plain.answers).toEqual([]);
    const both = await query('ISO_IR 192', '');
    expect(names(both)).toEqual(['Müller^Jörg', 'Yamada^Tarou=山田^太郎']);
  });

  it('come in every uncompressed transfer syntax', async () => {
    const { port, worklist } = await startWorklist();
    await worklist.saveDataSet(order(), {});
    for (const syntax of ['-x=', '-xe', '-xb', '-xi'])
      expect(patients(await ask(port, [step('Modality=US')], [syntax])), syntax).toEqual(['P-1']);
  });

  it('are cut at LimitAnswers, and say so', async () => {
    const { port, worklist } = await startWorklist({ Worklists: { LimitAnswers: 2 } });
    for (const id of ['1', '2']) await worklist.saveDataSet(order({}, { PatientID: id }), {});
    expect((await ask(port, [])).statuses).toEqual([0xff00, 0xff00, 0]);
    await worklist.saveDataSet(order({}, { PatientID: '3' }), {});
    const cut = await ask(port, []);
    expect(cut.statuses).toEqual([0xff00, 0xff00, 0xfe00]);
    expect(patients(cut)).toEqual(['1', '2']);
  });

  it('show a caller its own steps only with FilterIssuerAet', async () => {
    const { port, worklist } = await startWorklist({ Worklists: { FilterIssuerAet: true } });
    await worklist.saveDataSet(order({ ScheduledStationAETitle: 'US1' }, { PatientID: 'one' }), {});
    await worklist.saveDataSet(order({ ScheduledStationAETitle: 'US2' }, { PatientID: 'two' }), {});
    expect(patients(await ask(port, [], ['-aet', 'US2']))).toEqual(['two']);
  });

  it('are refused to callers without the right, and that is told', async () => {
    const { port, refusals } = await startWorklist({ DicomAlwaysAllowFindWorklist: false });
    const refused = await ask(port, []);
    expect(refused.statuses).toEqual([]);
    expect(refused.output).toMatch(/No Acceptable Presentation Contexts|rejected/i);
    expect(refusals).toHaveLength(1);
    const known = {
      DicomAlwaysAllowFindWorklist: false,
      DicomModalities: { us: { AET: 'FINDSCU', Host: '127.0.0.1', Port: 1 } },
    };
    const { port: other } = await startWorklist(known);
    expect((await ask(other, [])).statuses).toEqual([0]);
  });

  it('are answered with files that dcmdump reads without a complaint', async () => {
    const { port, worklist } = await startWorklist();
    await worklist.saveDataSet(order({}, { PatientName: 'Müller^Jörg' }), {});
    const { files } = await ask(port, [step('Modality=US')]);
    expect(files).toHaveLength(1);
    const path = join(await testFolder(), 'answer.dcm');
    await writeFile(path, files[0]!);
    const { code, output } = await dcmtk('dcmdump', '+Ep', path);
    expect(code).toBe(0);
    expect(output).not.toMatch(/^[EW]:/m);
    expect(output).toContain('ScheduledProcedureStepSequence');
  });
});

describe('worklist queries that are not as they should be', () => {
  const connectTo = (port: number) => connectForFind(port, worklistModel);

  it.each([
    ['a date of no form', buildDataSet([{ tag: 'PatientBirthDate', value: 'tomorrow' }]), 0xa900],
    [
      'two steps',
      buildDataSet([
        {
          tag: 'ScheduledProcedureStepSequence',
          value: [[{ tag: 'Modality', value: 'US' }], [{ tag: 'Modality', value: 'PX' }]],
        },
      ]),
      0xa900,
    ],
    ['no key', buildDataSet([{ tag: 'SpecificCharacterSet', value: 'ISO_IR 100' }]), 0xa900],
    ['nothing', Buffer.alloc(0), 0xa900],
    ['a length past its end', Buffer.from('10001000504eff7f41', 'hex'), 0xc000],
    ['bytes of chance', Buffer.from('cafebabe'.repeat(40), 'hex'), 0xc000],
    [
      'a text in a character set that nobody knows',
      buildDataSet([
        { tag: 'SpecificCharacterSet', value: 'ISO_IR 999' },
        { tag: 'PatientName', value: bytes('M\xfcller') },
      ]),
      0xc001,
    ],
  ])('get a status of the Standard for %s, and the association lives on', async (_what, identifier, expected) => {
    const { port, worklist } = await startWorklist();
    await worklist.saveDataSet(order(), {});
    const association = await connectTo(port);
    const { answers, final } = await askRaw(association, identifier, worklistModel);
    expect(answers).toEqual([]);
    expect(final.Status.toString(16)).toBe(expected.toString(16));
    expect(final.ErrorComment).not.toBe('');
    const again = await askRaw(association, [{ tag: 'PatientID', value: 'P-1' }], worklistModel);
    expect(again.final.Status).toBe(0);
    expect(again.answers).toEqual([{ PatientID: 'P-1' }]);
    await association.release();
  });

  it('are answered with a warning where a key is not regarded', async () => {
    const { port, worklist } = await startWorklist();
    await worklist.saveDataSet(order(), {});
    const association = await connectTo(port);
    const identifier = buildDataSet([
      { tag: '00091001', vr: 'LO', value: 'x' },
      { tag: 'PatientID', value: '' },
    ]);
    sendFind(association, identifier, { abstractSyntax: worklistModel });
    expect((await nextAnswer(association)).response.Status).toBe(0xff01);
    expect((await nextAnswer(association)).response.Status).toBe(0);
    await association.release();
  });

  it('end soon after a C-CANCEL', async () => {
    const { port } = await startWorklist({}, await filledFolder(3000));
    const association = await connectTo(port);
    sendFind(association, buildDataSet([{ tag: 'PatientID', value: '' }]), { abstractSyntax: worklistModel });
    await nextAnswer(association);
    sendCancel(association);
    let count = 1;
    for (;;) {
      const { response, answer } = await nextAnswer(association);
      if (!answer) {
        expect(response.Status).toBe(0xfe00);
        break;
      }
      count++;
    }
    expect(count).toBeLessThan(3000);
    await association.release();
  }, 30_000);

  it('leave nothing behind where the caller vanishes', async () => {
    const { port, lines } = await startWorklist({}, await filledFolder(1000));
    for (let time = 0; time < 5; time++) {
      const association = await connectTo(port);
      sendFind(association, buildDataSet([{ tag: 'PatientID', value: '' }]), { abstractSyntax: worklistModel });
      await wait(time);
      association.destroy();
    }
    const after = await connectTo(port);
    const { answers } = await askRaw(after, [{ tag: 'PatientID', value: '77' }], worklistModel);
    expect(answers).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
    await after.release();
  }, 30_000);
});
