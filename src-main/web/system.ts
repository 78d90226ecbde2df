/** `/system` and `/statistics` with Orthanc's field names and types, as far as they are true here. */
import { type Level, attributesOf } from '#shared/attributes.ts';
import type { WebDeps } from './deps.ts';
import type { Handler } from './routes.ts';

const json = (value: unknown) =>
  new Response(JSON.stringify(value), { headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' } });

const tagsOf = (level: Level): string =>
  attributesOf(level)
    .filter((attribute) => !attribute.computed)
    .map(({ tag }) => `${tag.slice(0, 4)},${tag.slice(4)}`.toLowerCase())
    .join(';');

/** What this server is; capabilities that it does not have are false. */
export const systemInfo =
  ({ settings, store, system, version }: WebDeps): Handler =>
  async () => {
    const { dicomPort, httpPort } = await system();
    const hasRemotePassword = settings.AuthenticationEnabled ?? settings.RemoteAccessAllowed;
    return json({
      Product: 'Chairside',
      Version: version,
      Name: settings.Name,
      DicomAet: settings.DicomAet,
      DicomPort: dicomPort ?? settings.DicomPort,
      HttpPort: httpPort ?? settings.HttpPort,
      DatabaseVersion: store.catalogueVersion,
      DatabaseBackendPlugin: null,
      StorageAreaPlugin: null,
      PluginsEnabled: false,
      CheckRevisions: false,
      HasLabels: false,
      Capabilities: { HasExtendedChanges: false, HasExtendedFind: false, HasKeyValueStores: false, HasQueues: false },
      MainDicomTags: {
        Patient: tagsOf('PATIENT'),
        Study: tagsOf('STUDY'),
        Series: tagsOf('SERIES'),
        Instance: tagsOf('IMAGE'),
      },
      UserMetadata: {},
      IngestTranscoding: '',
      IsHttpServerSecure: !settings.RemoteAccessAllowed || hasRemotePassword,
      OverwriteInstances: settings.OverwriteInstances !== 'Never',
      ReadOnly: false,
      StorageCompression: false,
    });
  };

const megabytes = (bytes: number) => Math.floor(bytes / 2 ** 20);

/** Totals of the archive; sizes in bytes are text, as Orthanc writes them. */
export const statistics =
  ({ store }: WebDeps): Handler =>
  async () => {
    const { patients, studies, series, instances, diskSize } = await store.statistics();
    return json({
      CountPatients: patients,
      CountStudies: studies,
      CountSeries: series,
      CountInstances: instances,
      TotalDiskSize: String(diskSize),
      TotalDiskSizeMB: megabytes(diskSize),
      TotalUncompressedSize: String(diskSize),
      TotalUncompressedSizeMB: megabytes(diskSize),
    });
  };
