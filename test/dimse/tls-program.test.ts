/** The whole program over TLS: DCMTK's programs ask it, and two of it speak with each other, each service once. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepImages, orthancIds, startPacs, testFolder } from '../web/modalities-support.ts';
import { dcmtk, dcmtkNote, filesIn, hasDcmtk, until } from './support.ts';
import { hasOpenssl, makeCertificates, type TestCertificates } from './tls-certificates.ts';

const note = hasOpenssl ? '' : ' (left out: openssl is not installed)';
let certificates: TestCertificates;
beforeAll(async () => {
  if (hasOpenssl) certificates = await makeCertificates();
}, 60_000);
afterAll(() => certificates?.remove());
const file = (name: string): string => certificates.file(name);
const tls = (name: string) => ({
  DicomTlsEnabled: true,
  DicomTlsCertificate: file(`${name}.pem`),
  DicomTlsPrivateKey: file(`${name}.key`),
  DicomTlsTrustedCertificates: file('ca.pem'),
});

describe.skipIf(!hasOpenssl || !hasDcmtk)(`DCMTK over TLS at the whole program${note || dcmtkNote}`, () => {
  test('asks for studies and fetches them', async () => {
    const program = await startPacs({
      ...tls('server'),
      DicomAlwaysAllowFind: true,
      DicomAlwaysAllowGet: true,
      Chairside: { DicomTlsPort: 0 },
    });
    await keepImages(program, 3);
    const port = String(program.pacs.dicomTlsPort);
    const folder = await testFolder();
    const client = ['+tls', file('client.key'), file('client.pem'), '+cf', file('ca.pem')];
    const level = ['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID', '-k', 'PatientID=T1'];
    const found = await dcmtk('findscu', ...client, ...level, '-od', folder, '-X', '127.0.0.1', port);
    expect(found.code).toBe(0);
    expect(await filesIn(folder)).toHaveLength(1);
    /* getscu of DCMTK does not know TLS; in the clear the other port answers. */
    const key = ['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID=1.2.3.1'];
    const got = await dcmtk('getscu', ...key, '-od', folder, '127.0.0.1', String(program.dicomPort));
    expect(got.code).toBe(0);
    expect(await filesIn(folder)).toHaveLength(4);
  }, 60_000);
});

describe.skipIf(!hasOpenssl)(`Two of us over TLS${note}`, () => {
  test('test, send, query, fetch and commit', async () => {
    const clinic = await startPacs({ DicomAet: 'CLINIC', ...tls('server') });
    const practice = await startPacs({ DicomAet: 'PRACTICE', ...tls('client') });
    const node = (AET: string, Port: number) => ({ AET, Host: '127.0.0.1', Port, UseDicomTls: true });
    await clinic.call('PUT /modalities/practice', node('PRACTICE', practice.dicomPort));
    await practice.call('PUT /modalities/clinic', node('CLINIC', clinic.dicomPort));
    await keepImages(practice, 3, 300_000);
    expect(await practice.call('POST /modalities/clinic/echo', '{}')).toMatchObject({ status: 200 });
    const sent = await practice.call('POST /modalities/clinic/store', orthancIds.study);
    expect(sent).toMatchObject({ status: 200, json: { InstancesCount: 3, FailedInstancesCount: 0 } });
    const [ours] = await practice.pacs.store.files({ SOPInstanceUID: '1.2.3.4.1' });
    const [theirs] = await clinic.pacs.store.files({ SOPInstanceUID: '1.2.3.4.1' });
    const pixels = (path = ''): Buffer => readFileSync(path).subarray(-300_000);
    expect(pixels(theirs?.path).equals(pixels(ours?.path))).toBe(true);

    const asked = { DicomInstances: [['1.2.840.10008.5.1.4.1.1.2', '1.2.3.4.2']] };
    const { Path } = (await practice.call('POST /modalities/clinic/storage-commitment', asked)).json as {
      Path: string;
    };
    await until(
      async () => ((await practice.call(`GET ${Path}`)).json as { Status: string }).Status === 'Success',
      15_000,
    );

    const other = await startPacs({ DicomAet: 'OTHER', ...tls('client') });
    await clinic.call('PUT /modalities/other', node('OTHER', other.dicomPort));
    await other.call('PUT /modalities/clinic', node('CLINIC', clinic.dicomPort));
    const query = await other.call('POST /modalities/clinic/query', { Level: 'Study', Query: { PatientID: 'T1' } });
    const { ID } = query.json as { ID: string };
    for (const RetrieveMethod of ['C-GET', 'C-MOVE'])
      expect(await other.call(`POST /queries/${ID}/retrieve`, { RetrieveMethod })).toMatchObject({ status: 200 });
    expect((await other.pacs.store.statistics()).instances).toBe(3);
    for (const { lines } of [clinic, practice, other])
      expect(lines.filter((line) => /^(error|warn)/.test(line))).toEqual([]);
  }, 60_000);

  test('a device whose certificate has run out says so where it is tested', async () => {
    const clinic = await startPacs({ ...tls('server') });
    const practice = await startPacs({
      DicomTlsCertificate: file('expired.pem'),
      DicomTlsPrivateKey: file('client.key'),
      DicomTlsTrustedCertificates: file('ca.pem'),
    });
    const body = { AET: 'CLINIC', Host: '127.0.0.1', Port: clinic.dicomPort, UseDicomTls: true };
    expect(await practice.call('POST /tools/dicom-echo', body)).toMatchObject({
      status: 400,
      json: { Message: expect.stringContaining('DicomTlsCertificate expired on') as string },
    });
  });
});
