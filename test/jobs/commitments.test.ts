/** The reports of storage commitment on real tables. */
import { expect, it } from 'vitest';
import { openCommitments } from '#main/jobs/commitments.ts';
import { failureSentence } from '#main/jobs/commitment-values.ts';
import { temporaryFolder, testRecords } from './support.ts';

const reference = (SOPInstanceUID: string) => ({ SOPClassUID: '1.2', SOPInstanceUID });
const log = () => undefined;

it('keeps what was asked and answered, also over a restart', async () => {
  const folder = await temporaryFolder();
  const records = await testRecords(folder);
  const commitments = openCommitments(records, 100, log);
  const heard: unknown[] = [];
  commitments.events.on('commitment.answered', (event) => heard.push(event));
  const references = ['1', '2', '3'].map(reference);
  const request = { TransactionUID: '2.25.1', AET: 'THERE', node: 'there', references, job: 'j' };
  await commitments.ask(request);
  await commitments.ask(request);
  expect(await commitments.list()).toHaveLength(1);
  const answer = {
    TransactionUID: '2.25.1',
    /* One of them is named on both sides: it has failed. */
    committed: [reference('1'), reference('2'), reference('77')],
    failed: [{ ...reference('2'), FailureReason: 0x0110 }],
  };
  expect(await commitments.answered(answer)).toBe(true);
  expect(await commitments.answered({ ...answer, TransactionUID: '2.25.2' })).toBe(false);
  expect(await commitments.answered({ ...answer, failed: [] })).toBe(true);
  expect(heard).toEqual([{ TransactionUID: '2.25.1', job: 'j' }]);
  const again = openCommitments(await testRecords(folder), 100, log);
  expect(await again.get('2.25.1')).toMatchObject({
    role: 'scu',
    status: 'failure',
    total: 3,
    failed: 2,
    instances: [
      { SOPInstanceUID: '1', status: 'success' },
      { SOPInstanceUID: '2', status: 'failure', FailureReason: 0x0110 },
      { SOPInstanceUID: '3', status: 'failure' },
    ],
  });
  expect(await again.get('9')).toBeUndefined();
});

it('keeps so many ended ones, and all open ones', async () => {
  const records = await testRecords();
  const commitments = openCommitments(records, 1, log);
  const accept = (TransactionUID: string) =>
    commitments.accept({ TransactionUID, AET: 'A', references: [reference('1')] });
  const open = await accept('1.0');
  for (let at = 1; at <= 105; at++)
    await commitments.reported((await accept(`1.${at}`)).id, [{ ...reference('1'), status: 'success' }]);
  const list = await commitments.list(1000);
  expect(list).toHaveLength(101);
  expect(list[0]).toMatchObject({ TransactionUID: '1.105', status: 'success', role: 'scp' });
  expect(list[0]).not.toHaveProperty('instances');
  expect(await commitments.unreported()).toEqual([open.id]);
  await commitments.reported(open.id, [{ ...reference('1'), status: 'pending' }], 'Nobody took it.');
  expect(await commitments.get(open.id)).toMatchObject({ status: 'failure', error: 'Nobody took it.' });
});

it('has a sentence for every reason', () => {
  expect(failureSentence(0x0131)).toBe('The identifier of the request is in use already.');
  expect(failureSentence(0x0a)).toBe('The reason has the number 000A.');
  expect(failureSentence(undefined)).toBe('The answer does not name the image.');
});

it('has so many open ones of an AE title, whatever its case', async () => {
  const commitments = openCommitments(await testRecords(), 100, log);
  const accept = (AET: string, at: number) =>
    commitments.accept({ TransactionUID: `1.${at}`, AET, references: [reference('1')] });
  const first = await accept('A', 0);
  for (let at = 1; at < 1000; at++) await accept(at % 2 ? 'A' : 'a', at);
  await expect(accept('A', 1000)).rejects.toMatchObject({
    code: 'busy',
    message: '1000 requests of A still wait for their reports.',
  });
  expect(await accept('A', 0)).toEqual({ id: first.id, isNew: false });
  expect((await accept('B', 1000)).isNew).toBe(true);
  await commitments.reported(first.id, [{ ...reference('1'), status: 'success' }]);
  expect((await accept('A', 1000)).isNew).toBe(true);
});
