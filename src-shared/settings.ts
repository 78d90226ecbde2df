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

/** A right for each operation of a DICOM node. */
const rights = {
  AllowEcho: z.boolean().default(true),
  AllowStore: z.boolean().default(true),
  AllowFind: z.boolean().default(true),
  AllowFindWorklist: z.boolean().default(true),
  AllowMove: z.boolean().default(true),
  AllowGet: z.boolean().default(true),
  AllowStorageCommitment: z.boolean().default(true),
  AllowMpps: z.boolean().default(true),
};

/** A known DICOM node without its name, as the configuration file and the window give it. */
export const modalitySchema = z.object({
  AET: aeTitle,
  Host: z.string().trim().min(1, 'Type the address of the device.').max(255),
  Port: z.int().min(1, 'A port is a number from 1 to 65535.').max(65535, 'A port is a number from 1 to 65535.'),
  Manufacturer: z.string().max(64).default('Generic'),
  LocalAet: aeTitle.optional(),
  Timeout: z.number().min(0).max(86_400).optional(),
  UseDicomTls: z.boolean().default(false),
  RetrieveMethod: z.enum(['SystemDefault', 'C-MOVE', 'C-GET']).default('SystemDefault'),
  ...rights,
  AllowTranscoding: z.boolean().default(true),
});

const modality = z.preprocess(
  (value) =>
    Array.isArray(value)
      ? { AET: value[0], Host: value[1], Port: Number(value[2]), ...(value[3] ? { Manufacturer: value[3] } : {}) }
      : value,
  modalitySchema,
);

/** One more AE title of ours on the same port. */
const ownAET = z.object({
  AET: aeTitle,
  /** Put on every study that comes under this title; questions under it see only studies with it. */
  Label: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'A label has letters, digits, _ and - only.')
    .optional(),
  ...rights,
});

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
  DicomAlwaysAllowFind: z.boolean().default(false).describe('Unknown callers may query (C-FIND).'),
  DicomAlwaysAllowFindWorklist: z.boolean().default(false).describe('Unknown callers may read the worklist.'),
  DicomAlwaysAllowMove: z.boolean().default(false).describe('Unknown callers may have images sent (C-MOVE).'),
  DicomAlwaysAllowGet: z.boolean().default(false).describe('Unknown callers may fetch images (C-GET).'),
  DicomModalitiesInDatabase: z
    .boolean()
    .default(true)
    .describe('Nodes that are added while the program runs are kept; else they are forgotten when it ends.'),
  DicomScuTimeout: seconds.default(10).describe('Seconds to wait for the answers of another node.'),
  DicomScuPreferredTransferSyntax: z
    .string()
    .regex(/^[0-9.]{1,64}$/)
    .default('1.2.840.10008.1.2.1')
    .describe('Transfer syntax to change images into for nodes that do not take the stored one.'),
  TranscodeDicomProtocol: z
    .boolean()
    .default(true)
    .describe('Change the transfer syntax for nodes that do not take the stored one.'),
  DicomDefaultRetrieveMethod: z
    .enum(['C-MOVE', 'C-GET'])
    .default('C-MOVE')
    .describe('How images are fetched from other nodes.'),
  DicomEchoChecksFind: z.boolean().default(false).describe('A test of a node also asks whether it answers queries.'),
  SynchronousCMove: z
    .boolean()
    .default(true)
    .describe('C-MOVE answers when the images are sent; else at once, and a job sends them.'),
  LimitFindResults: z.int().min(0).default(0).describe('Most answers of a query above image level; 0 is without end.'),
  LimitFindInstances: z.int().min(0).default(0).describe('Most answers of a query at image level; 0 is without end.'),
  ConcurrentJobs: z.int().min(0).max(64).default(2).describe('Jobs that run at once; 0 is one a processor.'),
  JobsHistorySize: z.int().min(0).max(100_000).default(1000).describe('Ended jobs that are kept to look at.'),
  DicomTlsEnabled: z.boolean().default(false).describe('Encrypt DICOM (TLS).'),
  DicomTlsCertificate: z.string().optional().describe('File of our certificate (PEM).'),
  DicomTlsPrivateKey: z.string().optional().describe('File of the private key of our certificate (PEM).'),
  DicomTlsTrustedCertificates: z.string().optional().describe('File of the certificates that we trust (PEM).'),
  DicomTlsRemoteCertificateRequired: z
    .boolean()
    .default(true)
    .describe('Callers must show a certificate that we trust.'),
  DicomTlsMinimumProtocolVersion: z
    .int()
    .min(0)
    .max(5)
    .default(0)
    .describe('0 is the BCP 195 profile (TLS 1.2 and 1.3), 4 TLS 1.2 and newer, 5 TLS 1.3.'),
  DicomTlsCiphersAccepted: z.array(z.string()).default([]).describe('Ciphers, where not those of BCP 195.'),
  Worklists: z
    .object({
      Enable: z.boolean().default(true).describe('Answer worklist queries.'),
      Database: z.string().optional().describe('Folder of .wl files, watched.'),
      Directory: z.string().optional().describe('The same under its newer name.'),
      FilterIssuerAet: z
        .boolean()
        .default(false)
        .describe('A caller sees only steps that are scheduled for its own AE title.'),
      LimitAnswers: z.int().min(0).default(0).describe('Most answers of a worklist query; 0 is without end.'),
      SaveInOrthancDatabase: z.boolean().optional().describe('Items are always rows of our own.'),
      SetStudyInstanceUidIfMissing: z
        .boolean()
        .default(true)
        .describe('An item without a study instance UID is given one.'),
      DeleteWorklistsOnStableStudy: z
        .boolean()
        .default(true)
        .describe('An item is completed when its study has come and nothing more follows, also without MPPS.'),
      DeleteWorklistsDelay: z
        .number()
        .min(0)
        .default(24)
        .describe('Hours after which a done item is removed; 0 is never.'),
      HousekeepingInterval: seconds.default(60).describe('Seconds between two looks for items to complete or remove.'),
    })
    .prefault({}),
  StableAge: seconds.default(60).describe('Seconds without a new image after which a study counts as complete.'),
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
      DicomTlsPort: port
        .optional()
        .describe('A second port for DICOM over TLS; without it DicomTlsEnabled encrypts DicomPort itself.'),
      AETitles: z
        .array(ownAET)
        .max(32)
        .default([])
        .describe('More AE titles of ours on the same port, each with its own label and rights.'),
      CheckUserIdentity: z
        .boolean()
        .default(false)
        .describe('Callers must name a registered user and its password (user identity negotiation).'),
      DicomAlwaysAllowStorageCommitment: z
        .boolean()
        .default(false)
        .describe('Unknown callers may ask for storage commitment.'),
      DicomAlwaysAllowMpps: z.boolean().default(false).describe('Unknown callers may report procedure steps.'),
      MppsForwardTo: z.array(z.string()).default([]).describe('Names of nodes that procedure steps are forwarded to.'),
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
