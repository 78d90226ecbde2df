/** Orthanc as the other side of a retrieval: it has images moved to itself, and it is where others have them moved to. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasOrthanc, orthancNote, startOrthanc, type Orthanc } from '../jobs/orthanc.ts';
import {
  add,
  connectRetriever,
  freePort,
  identifierOf,
  retrieved,
  sendRetrieve,
  startArchive,
  studyKeys,
} from './retrieve-support.ts';
import { filesIn, makeDataSet, writeInstances } from './support.ts';

const study = '1.2.3.1';

/** An archive with three images that knows Orthanc, which knows it. */
async function together(): Promise<{ port: number; orthanc: Orthanc }> {
  const orthanc = await startOrthanc();
  const DicomModalities = { orthanc: { AET: 'ORTHANC', Host: '127.0.0.1', Port: orthanc.dicomPort } };
  const { port, store } = await startArchive({ DicomPort: await freePort(), DicomModalities });
  const folder = await writeInstances(3, 131_072);
  for (const name of await filesIn(folder)) await add(store, join(folder, name));
  await orthanc.rest('PUT', '/modalities/archive', ['CHAIRSIDE', '127.0.0.1', port]);
  return { port, orthanc };
}

async function expectImages({ rest }: Orthanc): Promise<void> {
  const ids = await rest<string[]>('GET', '/instances');
  const found = await Promise.all(
    ids.map(async (id) => {
      const { SOPInstanceUID } = await rest<{ SOPInstanceUID: string }>('GET', `/instances/${id}/simplified-tags`);
      const { DicomDiskSize } = await rest<{ DicomDiskSize: string }>('GET', `/instances/${id}/statistics`);
      return [SOPInstanceUID, Number(DicomDiskSize) > makeDataSet(SOPInstanceUID, 131_072).length] as const;
    }),
  );
  expect(new Map(found)).toEqual(new Map(['1.2.3.4.1', '1.2.3.4.2', '1.2.3.4.3'].map((uid) => [uid, true])));
}

test.skipIf(!hasOrthanc)(`Orthanc has a study moved to itself${orthancNote}`, async () => {
  const { orthanc } = await together();
  const Resources = [{ StudyInstanceUID: study }];
  await orthanc.rest('POST', '/modalities/archive/move', { Level: 'Study', Resources, TargetAet: 'ORTHANC' });
  await expectImages(orthanc);
});

test.skipIf(!hasOrthanc)(`a study is moved to Orthanc, twice${orthancNote}`, async () => {
  const { port, orthanc } = await together();
  for (let time = 0; time < 2; time++) {
    const association = await connectRetriever(port);
    sendRetrieve(association, 'studyMove', identifierOf(studyKeys(study)), 'ORTHANC');
    expect((await retrieved(association)).Status).toBe(0);
    await association.release();
  }
  await expectImages(orthanc);
});
