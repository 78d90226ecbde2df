/** Each setting once: name, type, default, check and one sentence. Names are Orthanc's where the meaning is the same. */
import { z } from 'zod';

const port = z.int().min(0).max(65535);
const seconds = z.number().min(0).max(86_400);
const aeTitle = z
  .string()
  .trim()
  .min(1)
  .max(16)
  .regex(/^[\x20-\x5b\x5d-\x7e]+$/, 'An AE title has 1 to 16 ASCII characters and no backslash.');

const permissions = {
  AllowEcho: z.boolean().default(true),
  AllowStore: z.boolean().default(true),
};

const modality = z.preprocess(
  (value) =>
    Array.isArray(value)
      ? { AET: value[0], Host: value[1], Port: Number(value[2]), ...(value[3] ? { Manufacturer: value[3] } : {}) }
      : value,
  z.object({
    AET: aeTitle,
    Host: z.string().min(1),
    Port: port,
    Manufacturer: z.string().default('Generic'),
    ...permissions,
  }),
);

/** Every setting at the top of the configuration file. */
export const settingsSchema = z.object({
  Name: z.string().default('Chairside').describe('Name of this archive, shown to people and in /system.'),
  StorageDirectory: z.string().default('archive').describe('Folder of the DICOM files.'),
  IndexDirectory: z.string().optional().describe('Folder of the catalogue; the storage folder if not given.'),
  DicomServerEnabled: z.boolean().default(true).describe('Listen for scanners and other DICOM nodes.'),
  DicomAet: aeTitle.default('CHAIRSIDE').describe('AE title of this program.'),
  DicomPort: port.default(4242).describe('TCP port for DICOM; 0 takes any free one.'),
  DicomCheckCalledAet: z.boolean().default(false).describe('Refuse callers that ask for another AE title than ours.'),
  DicomCheckModalityHost: z
    .boolean()
    .default(false)
    .describe('A known AE title must also come from its known address.'),
  StrictAetComparison: z.boolean().default(false).describe('Compare AE titles with regard to case.'),
  DicomAlwaysAllowEcho: z.boolean().default(true).describe('Unknown callers may verify the connection.'),
  DicomAlwaysAllowStore: z.boolean().default(true).describe('Unknown callers may send images.'),
  DicomModalities: z
    .record(z.string(), modality)
    .default({})
    .describe('Known DICOM nodes: AE title, host, port, rights.'),
  UnknownSopClassAccepted: z
    .boolean()
    .default(false)
    .describe('Take objects of storage classes that are not in the list.'),
  AcceptedSopClasses: z
    .array(z.string())
    .optional()
    .describe('Storage classes taken; * and ? allowed; all known ones if not given.'),
  RejectedSopClasses: z.array(z.string()).default([]).describe('Storage classes refused; * and ? allowed.'),
  AcceptedTransferSyntaxes: z
    .array(z.string())
    .default(['1.2.840.10008.1.*'])
    .describe('Transfer syntaxes taken; * and ? allowed.'),
  MaximumPduLength: z
    .int()
    .min(4096)
    .max(1_048_576)
    .default(131_072)
    .describe('Largest P-DATA PDU we ask for, in bytes.'),
  DicomScpTimeout: seconds.default(30).describe('Seconds without a byte after which an association is closed.'),
  OverwriteInstances: z
    .union([
      z.enum(['Never', 'Always', 'IfChanged']),
      z.boolean().transform((on) => (on ? ('Always' as const) : ('Never' as const))),
    ])
    .default('Never')
    .describe('What happens when an instance comes again.'),
  HttpServerEnabled: z.boolean().default(true).describe('Open the public HTTP port (DICOMweb and REST).'),
  HttpPort: port.default(8042).describe('TCP port for HTTP; 0 takes any free one.'),
  RemoteAccessAllowed: z
    .boolean()
    .default(false)
    .describe('Other computers may use the HTTP port; else this one only.'),
  AuthenticationEnabled: z
    .boolean()
    .optional()
    .describe('Ask for a user name and password; by default if remote access is allowed.'),
  RegisteredUsers: z
    .record(z.string().regex(/^[^:]+$/, 'A user name has no colon.'), z.string())
    .default({})
    .describe('User names and passwords.'),
  MaximumRequestBodySizeMB: z.int().min(1).default(8192).describe('Largest HTTP upload, in megabytes.'),
  CaseSensitivePN: z.boolean().default(false).describe('Person names are matched with regard to case and accents.'),
  DicomWeb: z
    .object({
      Enable: z.boolean().default(true).describe('Serve DICOMweb.'),
      Root: z
        .string()
        .regex(/^\/.*$/)
        .default('/dicom-web/')
        .describe('Path of DICOMweb.'),
    })
    .prefault({}),
  Chairside: z
    .object({
      MaximumAssociations: z
        .int()
        .min(1)
        .max(1000)
        .default(64)
        .describe('Associations open at once; more are refused for now.'),
      MaximumAssociationsPerHost: z
        .int()
        .min(1)
        .max(1000)
        .default(32)
        .describe('Associations open at once from one address.'),
      AssociationRequestTimeout: seconds
        .default(10)
        .describe('Seconds a new connection has to ask for an association.'),
      MaximumAssociationMinutes: z
        .number()
        .min(0)
        .default(0)
        .describe('Longest life of an association in minutes; 0 is without end.'),
      MaximumInstanceSizeMB: z.int().min(1).default(16_384).describe('Largest single instance, in megabytes.'),
      MinimumFreeSpaceMB: z
        .int()
        .min(0)
        .default(512)
        .describe('Below this much free disk new images are refused (0xA700, HTTP 507).'),
      PixelThreads: z
        .int()
        .min(1)
        .max(32)
        .optional()
        .describe('Threads that decode pixels; one less than the processors if not given.'),
    })
    .prefault({}),
});

/** All settings, checked, defaults filled in. */
export type Settings = z.output<typeof settingsSchema>;
