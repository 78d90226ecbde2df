/** The configuration file, the environment and the command line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '#main/configuration.ts';
import { temporaryFolder } from './support/instances.ts';
import { hasSharedData, sharedData, sharedDataNote } from './support/shared-data.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const fileOf = (text: string): string => {
  const path = join(folder.path, 'configuration.json');
  writeFileSync(path, text);
  return path;
};
const load = (text: string, environment: Record<string, string> = {}) => loadConfiguration(fileOf(text), environment);

describe('a configuration file', () => {
  it('may have comments and trailing commas, and what it does not say has its default', async () => {
    const { settings, warnings } = await load(
      '// ours\n{ "DicomAet": "CLINIC", /* not the default */ "DicomPort": 11112, }',
    );
    expect(settings).toMatchObject({
      DicomAet: 'CLINIC',
      DicomPort: 11112,
      HttpPort: 8042,
      OverwriteInstances: 'Never',
    });
    expect(warnings).toEqual([]);
  });
  it('is not needed', async () => {
    expect((await loadConfiguration(undefined, {})).settings).toMatchObject({
      DicomAet: 'CHAIRSIDE',
      RemoteAccessAllowed: false,
    });
  });
  it('takes modalities as Orthanc writes them, in both forms', async () => {
    const { settings } = await load(
      '{ "DicomModalities": { "a": ["SCAN", "10.0.0.1", "104", "GE"], "b": { "AET": "US", "Host": "us.local", "Port": 104, "AllowStore": false } } }',
    );
    expect(settings.DicomModalities).toMatchObject({
      a: { AET: 'SCAN', Port: 104, AllowStore: true },
      b: { AET: 'US', AllowStore: false },
    });
  });
  it('may begin with a byte order mark', async () => {
    expect((await load('\ufeff{ "Name": "Notepad" }')).settings.Name).toBe('Notepad');
  });
  it('takes every option of a modality that Orthanc knows, older names too', async () => {
    const { settings, warnings } = await load(
      `{ "DicomModalities": {
        "a": { "AET": " A ", "Host": "h", "Port": "104", "Manufacturer": "SyngoVia", "AllowEcho": false, "AllowFind": false,
          "AllowFindWorklist": false, "AllowGet": false, "AllowMove": false, "AllowStore": false, "AllowNAction": false,
          "AllowEventReport": true, "AllowTranscoding": false, "UseDicomTls": true, "LocalAet": "", "Timeout": 0,
          "RetrieveMethod": "C-GET" },
        "b": { "AET": "B", "Host": "h", "Port": 1, "AllowNEventReport": true, "LocalAet": "US", "Timeout": 3 },
        "c": { "AET": "C", "Host": "h", "Port": 1, "AllowStorageCommitment": true, "AllowNAction": false } } }`,
    );
    expect(warnings).toEqual([]);
    expect(settings.DicomModalities).toMatchObject({
      a: {
        AET: 'A',
        Port: 104,
        Manufacturer: 'GenericNoWildcardInDates',
        AllowStorageCommitment: false,
        AllowMpps: true,
        AllowTranscoding: false,
        UseDicomTls: true,
        RetrieveMethod: 'C-GET',
      },
      b: { AllowStorageCommitment: true, LocalAet: 'US', Timeout: 3 },
      c: { AllowStorageCommitment: true },
    });
    expect(settings.DicomModalities['a']).not.toHaveProperty('LocalAet', '');
    expect(settings.DicomModalities['a']?.Timeout).toBeUndefined();
  });
  it('gets a warning for options of a modality that have no effect', async () => {
    const { warnings } = await load(
      '{ "DicomModalities": { "a": { "AET": "A", "Host": "h", "Port": 1, "AllowFinds": true, "Colour": 3 } } }',
    );
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('DicomModalities.a.AllowFinds');
  });
  it('may name the refused SOP classes as Orthanc first did', async () => {
    const { settings, warnings } = await load('{ "RejectSopClasses": ["1.2.*"] }');
    expect([settings.RejectedSopClasses, warnings]).toEqual([['1.2.*'], []]);
  });
  const samples: Readonly<Record<string, readonly string[]>> = {
    'api-only.json': ['WebViewer', 'Explorer'],
    'clinic.json': ['TemporaryDirectory', 'Plugins', 'StorageCompression'],
    'docker.json': [],
  };
  it.for(Object.entries(samples))(
    `of Orthanc's users, %s, is warned of nothing that is supported${sharedDataNote}`,
    { skip: !hasSharedData },
    async ([name, unsupported]) => {
      const { warnings } = await loadConfiguration(join(sharedData, 'config', name), {});
      expect(warnings.map((warning) => /option (\S+) /.exec(warning)?.[1])).toEqual(unsupported);
    },
  );
  it('takes OverwriteInstances as Orthanc before 1.13 wrote it', async () => {
    expect((await load('{ "OverwriteInstances": true }')).settings.OverwriteInstances).toBe('Always');
  });
  it('gets one warning for each option that has no effect, deep ones too', async () => {
    const { warnings } = await load(
      '{ "StorageCompression": true, "LuaScripts": [], "DicomWeb": { "Enable": true, "StudiesMetadata": "Full" }, "Typo": { "a": 1, "b": 2 } }',
    );
    expect(warnings).toHaveLength(4);
    for (const name of ['StorageCompression', 'LuaScripts', 'DicomWeb.StudiesMetadata', 'Typo'])
      expect(warnings.filter((warning) => warning.includes(` ${name} `))).toHaveLength(1);
  });
  it.each([
    ['{ "DicomPort": 99999 }', /DicomPort/],
    ['{ "DicomAet": "LONGER THAN SIXTEEN" }', /DicomAet/],
    ['{ "DicomAet": 5 }', /DicomAet/],
    ['{ "RegisteredUsers": { "a:b": "x" } }', /RegisteredUsers/],
    ['{ "Name": "x"', /line 1/],
    ['[1]', /one JSON object/],
  ])('that is wrong is refused by the name of what is wrong: %s', async (text, words) => {
    await expect(load(text)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(words) as string,
    });
  });
  it('that is not there is named', async () => {
    await expect(loadConfiguration('/nowhere/c.json', {})).rejects.toMatchObject({
      message: expect.stringContaining('/nowhere/c.json') as string,
    });
  });
});

describe('the environment', () => {
  it('stands in for ${NAME}, with a default after :-', async () => {
    const { settings } = await load('{ "Name": "${CLINIC} archive", "DicomAet": "${AET:-MINE}" }', { CLINIC: 'North' });
    expect(settings).toMatchObject({ Name: 'North archive', DicomAet: 'MINE' });
  });
  it('sets options by ORTHANC__SECTION__OPTION_NAME and is stronger than the file', async () => {
    const { settings, warnings } = await load('{ "DicomPort": 1, "DicomWeb": { "Root": "/file/" } }', {
      ORTHANC__DICOM_PORT: '2',
      ORTHANC__DICOM_WEB__ROOT: '/env/',
      ORTHANC__CASE_SENSITIVE_PN: 'true',
      ORTHANC__REGISTERED_USERS: '{"emr":"secret"}',
      ORTHANC__POSTGRESQL__HOST: 'db',
    });
    expect(settings).toMatchObject({
      DicomPort: 2,
      DicomWeb: { Root: '/env/', Enable: true },
      CaseSensitivePN: true,
      RegisteredUsers: { emr: 'secret' },
    });
    expect(warnings).toEqual([expect.stringContaining('Postgresql')]);
  });
});

describe('the command line', () => {
  it('is stronger than both', async () => {
    const { settings } = await loadConfiguration(
      fileOf('{ "HttpPort": 1, "IndexDirectory": "/elsewhere" }'),
      { ORTHANC__HTTP_PORT: '2' },
      { data: '/here', httpPort: 0 },
    );
    expect(settings).toMatchObject({ StorageDirectory: '/here', IndexDirectory: '/here', HttpPort: 0 });
  });
});
