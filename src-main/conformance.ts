/** The DICOM conformance statement in the form of PS3.2, made from the tables that the program itself works with. */
import { storageSOPClasses } from '#shared/sop-classes.ts';
import { errorCodes, type PacsErrorCode } from '#shared/errors.ts';
import { levels } from '#shared/attributes.ts';
import { settingsSchema, type Settings } from '#shared/settings.ts';
import { transferSyntaxes } from '#shared/transfer-syntaxes.ts';
import { characterSetTerms } from './dicom/charset-terms.ts';
import { ImplementationClassUID, ImplementationVersionName } from './dicom/part10.ts';
import { losslessTargets } from './dicom/transcode-targets.ts';
import {
  createSOPClassFilter,
  createTransferSyntaxFilter,
  plainSyntaxes,
  verification,
} from './dimse/association-policy.ts';
import { commandField } from './dimse/command.ts';
import { mostReferences } from './dimse/commitment-data-set.ts';
import { findExtensions } from './dimse/find-extension.ts';
import { findKeys, keysOfFile } from './dimse/find-model.ts';
import type { Service } from './dimse/service.ts';
import { serviceStatus, status, storeStatus } from './dimse/status.ts';
import { createServices, type ServicesOptions } from './services.ts';

const hex = (code: number): string => code.toString(16).toUpperCase().padStart(4, '0');

const table = (heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const syntaxName = (uid: string): string => transferSyntaxes.find((syntax) => syntax.uid === uid)?.name ?? uid;

const operationNames: Readonly<Record<number, string>> = {
  [commandField.storeRequest]: 'C-STORE',
  [commandField.getRequest]: 'C-GET',
  [commandField.findRequest]: 'C-FIND',
  [commandField.moveRequest]: 'C-MOVE',
  [commandField.echoRequest]: 'C-ECHO',
  [commandField.eventReportRequest]: 'N-EVENT-REPORT',
  [commandField.nGetRequest]: 'N-GET',
  [commandField.nSetRequest]: 'N-SET',
  [commandField.actionRequest]: 'N-ACTION',
  [commandField.createRequest]: 'N-CREATE',
};

/* Why a request is refused, in the words of a reader. */
const faults: Readonly<Record<PacsErrorCode, string>> = {
  'not-dicom': 'what came is not a DICOM data set',
  truncated: 'the data set ends before it should',
  damaged: 'the data set is damaged',
  'missing-identifier': 'a UID or unique key is missing',
  mismatch: 'command and data set name different objects, or the identifier does not match the SOP class',
  'refused-sop-class': 'the SOP class is not taken',
  'refused-transfer-syntax': 'the transfer syntax is not taken',
  'storage-full': 'the disk is full',
  'too-large': 'past a bound of the settings',
  'not-found': 'there is no such thing',
  'bad-request': 'the request is not valid',
  unauthorized: 'the caller is not known',
  forbidden: 'the caller may not do this',
  unsupported: 'understood, but not possible here',
  'not-acceptable': 'no form that the caller takes',
  busy: 'at a limit now',
  aborted: 'the other side went away',
  internal: 'a fault of this program',
};

/** Statuses of a service: what its faults become, gathered by status. */
function faultRows(statusOf: (code: PacsErrorCode) => number): (readonly [string, string])[] {
  const byStatus = new Map<number, string[]>();
  for (const code of errorCodes) byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), faults[code]]);
  return [...byStatus]
    .toSorted(([a], [b]) => a - b)
    .map(([code, words]) => [hex(code), words.length > 5 ? 'any other fault' : words.join('; ')] as const);
}

const serviceSection = (service: Service): string => `#### ${service.name}

${table(
  ['SOP class', 'UID', 'Operations', 'Role', 'Right of the caller'],
  service.sopClasses.map(({ uid, name }) => [
    name,
    uid,
    service.commands.map((command) => operationNames[command]).join(', '),
    'SCP',
    `Allow${service.operation}`,
  ]),
)}

Transfer syntaxes: ${plainSyntaxes.map(syntaxName).join(', ')}. Statuses:

${table(['Status', 'Meaning'], statusRows(service))}`;

const statusRows = ({ statuses, status: statusOf = serviceStatus }: Service): (readonly [string, string])[] =>
  statuses ? statuses.map(({ status: code, meaning }) => [hex(code), meaning]) : faultRows(statusOf);

/** The statement for these services under these settings. */
function conformanceStatement(services: readonly Service[], settings: Settings): string {
  const takesClass = createSOPClassFilter(settings);
  const takesSyntax = createTransferSyntaxFilter(settings);
  const taken = storageSOPClasses.filter(({ uid }) => takesClass(uid));
  const syntaxes = transferSyntaxes.filter(({ uid }) => takesSyntax(uid));
  const chapters = [
    overview(services, taken.length),
    model(settings),
    ...networking(services, settings, taken, syntaxes),
  ];
  return `${chapters.join('\n\n')}\n`;
}

const overview = (
  services: readonly Service[],
  storageClasses: number,
): string => `# DICOM conformance statement of Chairside

Form: PS3.2. This file is made by \`npm run conformance\` from the tables that the program works with; a test compares the two.

## 1 Overview

Chairside receives, keeps, shows and hands on images of dental and ultrasound clinics.

${table(
  ['Network service', 'As user (SCU)', 'As provider (SCP)'],
  [
    ['Verification', 'Yes', 'Yes'],
    [`Storage (${storageClasses} SOP classes)`, 'Yes', 'Yes'],
    ...services.map(({ name }) => [name, asUser.has(name) ? 'Yes' : 'No', 'Yes'] as const),
  ],
)}

Media storage and printing are not offered.`;

/* The clients are in dimse/client/. */
const asUser: ReadonlySet<string> = new Set([
  'Query (C-FIND)',
  'C-MOVE',
  'C-GET',
  'Modality worklist',
  'Modality performed procedure step',
  'Storage commitment',
]);

const model = (settings: Settings): string => `## 4 Networking

### 4.1 Implementation model

One application entity receives and answers on one port (${settings.DicomPort} by default) under the AE title ${settings.DicomAet} and, where
\`Chairside.AETitles\` names more, under those too, each with a label and rights of its own. Calls to other nodes and long answers are jobs,
which survive a restart.

### 4.2 Application entity

${table(
  ['Property', 'Value'],
  [
    ['Application context', '1.2.840.10008.3.1.1.1'],
    ['Implementation class UID', ImplementationClassUID],
    ['Implementation version name', ImplementationVersionName],
    ['Maximum PDU length offered', `${settings.MaximumPduLength} bytes (MaximumPduLength)`],
    ['Associations at once', `${settings.Chairside.MaximumAssociations} (Chairside.MaximumAssociations)`],
    ['Asynchronous operations', 'not negotiated: one at a time'],
    ['SCP/SCU role selection', 'for storage classes (C-GET) and storage commitment'],
    ['User identity', 'name and password (type 2), asked for by Chairside.CheckUserIdentity'],
    ['Silence of a caller', `${settings.DicomScpTimeout} s (DicomScpTimeout)`],
    ['Silence of a called node', `${settings.DicomScuTimeout} s (DicomScuTimeout)`],
  ],
)}

Of the transfer syntaxes of a presentation context the first that is taken is accepted. A caller who may do nothing of what it asks for is
rejected (calling AE title not recognized); what it may not do is refused by context (user rejection).`;

const networking = (
  services: readonly Service[],
  settings: Settings,
  taken: readonly { readonly uid: string; readonly name: string }[],
  syntaxes: readonly { readonly uid: string; readonly name: string }[],
): string[] => [
  `### 4.3 Services

#### Verification

${table(['SOP class', 'UID', 'Role'], [['Verification', verification, 'SCU, SCP']])}

#### Storage

The data set is kept as it came. Success is answered when the file is on disk and catalogued. An instance that is here already is
not replaced (\`OverwriteInstances\` ${settings.OverwriteInstances}) and is a success. As a user the stored transfer syntax goes out untouched where the other side takes it;
else the image is changed without loss into the first of these that it takes: ${losslessTargets.map(syntaxName).join(', ')}.

${table(['Status', 'Meaning'], [[hex(status.success), 'kept, or kept already'], ...faultRows(storeStatus)])}`,
  ...services.map(serviceSection),
  `### 4.4 Query keys

Key types: U unique, R required, O optional (PS3.4 C.2.2.1). At a level the keys of the levels above are matched and returned, too. Other
standard attributes are matched and returned from the header of an image of the patient (${keysOfFile.PATIENT.join(', ')}), of the study
(${keysOfFile.STUDY.join(', ')}), or, at the levels SERIES and IMAGE, whatever the attribute.

${table(
  ['Level', 'Attribute', 'Tag', 'VR', 'Type', 'Matching'],
  levels.flatMap((level) =>
    findKeys
      .filter((key) => key.level === level)
      .map(({ keyword, tag, vr, type, matching }) => [level, keyword, tagText(tag), vr, type, matching]),
  ),
)}

Extended negotiation: ${findExtensions.map(({ name, isSupported }) => `${name}: ${isSupported ? 'yes' : 'no'}`).join('; ')}.

### 4.5 Worklist keys

Every attribute of a worklist item is matched by its VR (single value, list, wildcard, range of dates and times, combined date-time within the
Scheduled Procedure Step Sequence, person names without case and accents) and returned where it is asked for, at every depth; private and
binary keys are not (FF01). There is one answer a scheduled step. A step without a station AE title is for every station. Items that are
completed or discontinued are not answered.

### 4.6 Performed procedure steps

A step that is COMPLETED or DISCONTINUED does not change any more: ${hex(status.processingFailure)} with Error ID A506. Missing and wrong attributes:
${hex(status.missingAttribute)}, ${hex(status.missingAttributeValue)}, ${hex(status.invalidAttributeValue)}; a step that is there already ${hex(status.duplicateSOPInstance)}, one that is not ${hex(status.noSuchSOPInstance)}; elements that were
left out or are out of range are warnings (${hex(status.attributeListError)}, ${hex(status.attributeValueOutOfRange)}). The worklist item that a step names follows its status.`,
  `### 4.7 Storage commitment

At most ${mostReferences} instances a request. An instance is confirmed when its file is on disk and its SHA-256 is still the one that was
catalogued. The report comes on the association of the request for 20 s, else on a new one, with role selection (SCU 0, SCP 1), and is tried
again until it is taken. As a user the answer is waited for over the association of the request and over any that the node opens to us,
for an hour.

### 4.8 Storage SOP classes

${table(
  ['Name', 'UID'],
  taken.map(({ name, uid }) => [name, uid]),
)}

### 4.9 Transfer syntaxes of storage

${table(
  ['Name', 'UID'],
  syntaxes.map(({ name, uid }) => [name, uid]),
)}`,
  `## 6 Character sets

Read and, for answers in the character set of the question, written: ${characterSetTerms.join(', ')}, with and without code extensions. Where
the character set of a question cannot hold an answer it is sent in ISO_IR 192.

## 7 Security

TLS by the BCP 195 profile (PS3.15 B.12), TLS 1.2 and 1.3, with certificates of both sides by default (\`DicomTlsEnabled\`,
\`DicomTlsRemoteCertificateRequired\`); in the clear and encrypted at once on two ports (\`Chairside.DicomTlsPort\`). Callers are known by AE title
and, with \`DicomCheckModalityHost\`, by address.`,
];

const tagText = (tag: string): string => `(${tag.slice(0, 4)},${tag.slice(4)})`;

/** The statement of this program with the settings that it has by itself. */
export function describedConformance(): string {
  const settings = settingsSchema.parse({});
  /* Services are only looked at here; what they reach is asked for when they serve. */
  return conformanceStatement(createServices({ settings } as ServicesOptions), settings);
}
