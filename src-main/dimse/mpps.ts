/** Modality performed procedure step: devices report what they do and have done, PS3.4 F. */
import { findEntry } from '#shared/dictionary.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { exactJson } from '../dicom/exact-json.ts';
import { chooseCharacterSet } from '../dicom/choose-character-set.ts';
import { writeDicomJson } from '../dicom/write-dicom-json.ts';
import { makeUid } from '../dicom/make-uid.ts';
import { StepError, type StepFault, type StepWarnings } from '../worklist/step-rules.ts';
import type { Log } from '../log.ts';
import type { Worklist } from '../worklist/worklist.ts';
import { commandField } from './command.ts';
import type { Exchange, ExchangeResponse } from './exchange.ts';
import { readStep } from './modest-data-set.ts';
import type { Service } from './service.ts';
import { otherClass, status } from './status.ts';

/** The Modality Performed Procedure Step SOP class. */
export const performedProcedureStep = '1.2.840.10008.3.1.2.3.3';
const retrieve = '1.2.840.10008.3.1.2.3.4';

/** A report that was taken, to be passed on. */
export interface ReportedStep {
  readonly kind: 'create' | 'set';
  readonly SOPInstanceUID: string;
  /** The attribute list or modification list as it came. */
  readonly dataSet: DicomJson;
  readonly callingAET: string;
}

/** What reports of steps reach. */
export interface MppsServiceOptions {
  readonly worklist: Pick<Worklist, 'steps'>;
  readonly log: Log;
  /** Told of every report that was taken; the device gets its answer afterwards. */
  readonly onStep?: (step: ReportedStep) => void | Promise<void>;
}

const invalidObjectInstance = 0x0117;

/* PS3.7 Annex C, PS3.4 F.7.2.2.3 and F.8.2.1.4. */
const statusMeanings = [
  { status: status.success, meaning: 'Success: the step is kept as it is reported, or is returned.' },
  {
    status: status.invalidAttributeValue,
    meaning: 'A status, date, time or UID that is none; a new step that is not IN PROGRESS.',
  },
  {
    status: status.attributeListError,
    meaning:
      'Warning: attributes that a step does not have (N-GET), or that may not be changed and were not (N-SET); they are listed.',
  },
  {
    status: status.processingFailure,
    meaning:
      'The step has ended and may no longer be updated (error ID A506), the data set is damaged, or a fault of our own.',
  },
  { status: status.duplicateSOPInstance, meaning: 'There is a step of this UID already.' },
  { status: status.noSuchSOPInstance, meaning: 'There is no step of this UID.' },
  {
    status: status.attributeValueOutOfRange,
    meaning: 'Warning: values that are longer than they may be; they are kept and listed.',
  },
  { status: invalidObjectInstance, meaning: 'The UID of the step is not valid.' },
  { status: status.noSuchSOPClass, meaning: 'The message is of another class.' },
  { status: status.missingAttribute, meaning: 'A mandatory attribute is missing; it is listed.' },
  { status: status.missingAttributeValue, meaning: 'A mandatory attribute has no value; it is listed.' },
  { status: status.notAuthorized, meaning: 'Refused: not authorized.' },
  { status: status.unrecognizedOperation, meaning: 'An operation that is not offered in this presentation context.' },
  { status: status.resourceLimitation, meaning: 'The disk is full, or a bound of this program.' },
] as const;

/** Performed procedure steps as SCP: N-CREATE and N-SET, and N-GET (MPPS Retrieve). */
export const createMppsService = (options: MppsServiceOptions): Service => ({
  name: 'Modality performed procedure step',
  sopClasses: [
    { uid: performedProcedureStep, name: 'Modality Performed Procedure Step' },
    { uid: retrieve, name: 'Modality Performed Procedure Step Retrieve' },
  ],
  operation: 'Mpps',
  commands: [commandField.createRequest, commandField.nSetRequest, commandField.nGetRequest],
  statuses: statusMeanings,
  serve: async (exchange) => exchange.respond(await answer(exchange, options)),
});

async function answer(exchange: Exchange, options: MppsServiceOptions): Promise<ExchangeResponse> {
  const { command, abstractSyntax } = exchange;
  const sopClass = command.AffectedSOPClassUID ?? command.RequestedSOPClassUID;
  const isGet = command.CommandField === commandField.nGetRequest;
  if (sopClass !== performedProcedureStep && !(isGet && sopClass === retrieve))
    return { Status: status.noSuchSOPClass, sentence: otherClass };
  if (!isGet && abstractSyntax !== performedProcedureStep)
    return { Status: status.unrecognizedOperation, sentence: 'Steps are only read over this presentation context.' };
  try {
    if (isGet) return await get(exchange, options);
    return command.CommandField === commandField.createRequest
      ? await create(exchange, options)
      : await set(exchange, options);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const { callingAET, remoteAddress } = exchange.caller;
    const of = error.tags.length > 0 ? ` (${error.tags.map((tag) => findEntry(tag)?.keyword ?? tag).join(', ')})` : '';
    options.log('warn', `A procedure step of ${callingAET} (${remoteAddress}) was refused: ${error.message}${of}`);
    return refusal(error);
  }
}

const readJson = async (exchange: Exchange): Promise<DicomJson> =>
  exactJson(readStep(await exchange.identifier(), exchange.transferSyntax));

async function create(exchange: Exchange, { worklist, onStep }: MppsServiceOptions): Promise<ExchangeResponse> {
  const { callingAET } = exchange.caller;
  const dataSet = await readJson(exchange);
  /* Who leaves the UID out gets one of ours, PS3.7 10.1.5.1.4. */
  const SOPInstanceUID = exchange.command.AffectedSOPInstanceUID || makeUid();
  const warnings = await worklist.steps.create(SOPInstanceUID, dataSet, { callingAET });
  await onStep?.({ kind: 'create', SOPInstanceUID, dataSet, callingAET });
  return { ...success(warnings), AffectedSOPInstanceUID: SOPInstanceUID };
}

async function set(exchange: Exchange, { worklist, onStep }: MppsServiceOptions): Promise<ExchangeResponse> {
  const { callingAET } = exchange.caller;
  const SOPInstanceUID = exchange.command.RequestedSOPInstanceUID ?? '';
  const dataSet = await readJson(exchange);
  const warnings = await worklist.steps.set(SOPInstanceUID, dataSet);
  await onStep?.({ kind: 'set', SOPInstanceUID, dataSet, callingAET });
  return success(warnings);
}

async function get({ command, transferSyntax }: Exchange, { worklist }: MppsServiceOptions): Promise<ExchangeResponse> {
  const { RequestedSOPInstanceUID = '', AttributeIdentifierList: wanted = [] } = command;
  const found = await worklist.steps.get(RequestedSOPInstanceUID, wanted);
  const dataSet = writeDicomJson(found, {
    TransferSyntaxUID: transferSyntax,
    SpecificCharacterSet: chooseCharacterSet(found, []),
  });
  const missing = wanted.filter((tag) => found[tag] === undefined);
  if (missing.length === 0) return { Status: status.success, dataSet };
  return { Status: status.attributeListError, AttributeIdentifierList: missing, dataSet };
}

function success({ notChanged, tooLong }: StepWarnings): ExchangeResponse {
  if (notChanged.length > 0)
    return {
      Status: status.attributeListError,
      AttributeIdentifierList: notChanged,
      sentence: 'Some attributes of a step cannot be changed and were not.',
    };
  if (tooLong.length > 0)
    return {
      Status: status.attributeValueOutOfRange,
      AttributeIdentifierList: tooLong,
      sentence: 'Some values are longer than they may be.',
    };
  return { Status: status.success };
}

/* PS3.4 F.7.2.2.3: the step may no longer be updated. */
const noLongerUpdated = 0xa506;

/** The status of each fault, PS3.7 Annex C. */
const faultStatus: Readonly<Record<StepFault, number>> = {
  duplicate: status.duplicateSOPInstance,
  unknown: status.noSuchSOPInstance,
  ended: status.processingFailure,
  'missing-attribute': status.missingAttribute,
  'missing-value': status.missingAttributeValue,
  'invalid-value': status.invalidAttributeValue,
  'invalid-instance': invalidObjectInstance,
};

const refusal = ({ fault, message, tags }: StepError): ExchangeResponse => ({
  Status: faultStatus[fault],
  sentence: message,
  ...(tags.length > 0 ? { AttributeIdentifierList: tags } : {}),
  ...(fault === 'ended' ? { ErrorID: noLongerUpdated } : {}),
});
