/** kill -9 of the real program in the middle of a send: after the next start it sends what is left, and no more. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Job } from '#shared/model.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { inPieces, smallInstance } from '../support/instances.ts';
import { openArchive, scanner } from '../store/support.ts';
import { startNode, study, uids } from './node.ts';
import { temporaryFolder, until } from './support.ts';

async function call<T>({ window }: Headless, name: string, input: unknown): Promise<T> {
  const { origin, hash } = new URL(window);
  const answer = await fetch(`${origin}/call/${name}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${hash.replace('#token=', '')}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(input),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as T;
}

it('goes on with what is left', async () => {
  const came: string[] = [];
  const there = await startNode({
    AET: 'THERE',
    store: (archive) => ({
      receive: async (stream, origin, claim) => {
        came.push(claim?.SOPInstanceUID ?? '');
        await wait(20);
        return archive.receive(stream, origin, claim);
      },
    }),
  });
  const folder = await temporaryFolder();
  const all = uids(200);
  const archive = await openArchive(folder);
  await Promise.all(
    all.map((SOPInstanceUID, at) =>
      archive.receive(inPieces(smallInstance({ SOPInstanceUID, InstanceNumber: String(at + 1) })), scanner),
    ),
  );
  await archive.close();
  const file = join(folder, 'chairside.json');
  writeFileSync(file, JSON.stringify({ DicomModalities: { there: ['THERE', '127.0.0.1', there.port] } }));

  let program = await startHeadless(folder, [file]);
  const { jobId } = await call<{ jobId: string }>(program, 'remote.send', {
    name: 'there',
    scopes: [{ StudyInstanceUID: study }],
  });
  const kills: number[] = [];
  for (const many of [90, 150]) {
    await until(() => came.length >= many, 30_000);
    await program.end('SIGKILL');
    await wait(50);
    kills.push(came.length);
    program = await startHeadless(folder, [file]);
  }
  const job = async (): Promise<Job | undefined> =>
    (await call<Job[]>(program, 'jobs.list', { limit: 10 })).find(({ id }) => id === jobId);
  await until(async () => (await job())?.status === 'success', 30_000);
  expect(await job()).toMatchObject({ done: 200, total: 200, failed: 0 });
  expect(new Set(came)).toEqual(new Set(all));
  /* What is done is written once a second: only what was sent in the second before a kill may be sent again. */
  expect(came.length).toBeLessThan(200 + 2 * 60);
  for (const uid of all.slice(0, 20)) expect(came.filter((each) => each === uid)).toHaveLength(1);
  expect(kills[1]).toBeLessThan(came.length);
  await program.end();
}, 120_000);
