/** A device that reports procedure steps, written with dcmjs-dimse. */
import dcmjsDimse from 'dcmjs-dimse';
import type { requests, responses } from 'dcmjs-dimse';
import { performedProcedureStep } from '#main/dimse/mpps.ts';

const { Client, Dataset, log } = dcmjsDimse;
const { NCreateRequest, NGetRequest, NSetRequest } = dcmjsDimse.requests;
const { TransferSyntax } = dcmjsDimse.constants;
log.disableAll();

/** Attributes by keyword as dcmjs writes them. */
export type Elements = Record<string, unknown>;

/** What came back. */
export interface PeerResponse {
  readonly Status: number;
  readonly ErrorComment: string;
  readonly command: Elements;
  readonly dataSet: Elements | undefined;
}

type Message = InstanceType<typeof requests.Request>;

/** What is sent, and how. */
export interface PeerOptions {
  readonly port: number;
  readonly callingAET?: string;
  readonly transferSyntax?: string;
}

function send(request: Message, { port, callingAET = 'US1' }: PeerOptions): Promise<PeerResponse> {
  const client = new Client();
  return new Promise((resolve, reject) => {
    request.on('response', (response: InstanceType<typeof responses.Response>) =>
      resolve({
        Status: response.getStatus(),
        ErrorComment: response.getErrorComment() ?? '',
        command: response.getCommandDataset().getElements() as Elements,
        dataSet: response.getDataset()?.getElements() as Elements | undefined,
      }),
    );
    client.on('networkError', reject);
    client.on('associationRejected', (result: unknown) => reject(new Error(JSON.stringify(result))));
    client.addRequest(request);
    client.send('127.0.0.1', port, callingAET, 'CHAIRSIDE');
  });
}

const withElements = <R extends Message>(request: R, elements: Elements, transferSyntax?: string): R => {
  request.setDataset(new Dataset(elements, transferSyntax ?? TransferSyntax.ImplicitVRLittleEndian));
  return request;
};

/** N-CREATE. */
export const createStep = (options: PeerOptions, SOPInstanceUID: string, elements: Elements): Promise<PeerResponse> =>
  send(
    withElements(new NCreateRequest(performedProcedureStep, SOPInstanceUID), elements, options.transferSyntax),
    options,
  );

/** N-SET. */
export const setStep = (options: PeerOptions, SOPInstanceUID: string, elements: Elements): Promise<PeerResponse> =>
  send(
    withElements(new NSetRequest(performedProcedureStep, SOPInstanceUID), elements, options.transferSyntax),
    options,
  );

/** N-GET over MPPS Retrieve. */
export const getStep = (
  options: PeerOptions,
  SOPInstanceUID: string,
  wanted: readonly string[] = [],
  sopClass = '1.2.840.10008.3.1.2.3.4',
): Promise<PeerResponse> => send(new NGetRequest(sopClass, SOPInstanceUID, [...wanted]), options);

/** The data set of a step that begins, for the item of test/worklist/support.ts. */
export const beginning = (more: Elements = {}, scheduled: Elements = {}): Elements => ({
  SpecificCharacterSet: 'ISO_IR 192',
  Modality: 'US',
  PatientName: 'Roth^Anna',
  PatientID: 'P-1',
  PatientBirthDate: '19700101',
  PatientSex: 'F',
  ReferencedPatientSequence: [],
  ProcedureCodeSequence: [],
  StudyID: '',
  PerformedStationAETitle: 'US1',
  PerformedStationName: '',
  PerformedLocation: '',
  PerformedProcedureStepStartDate: '20261121',
  PerformedProcedureStepStartTime: '091500',
  PerformedProcedureStepEndDate: '',
  PerformedProcedureStepEndTime: '',
  PerformedProcedureStepStatus: 'IN PROGRESS',
  PerformedProcedureStepID: 'PPS1',
  PerformedProcedureStepDescription: '',
  PerformedProcedureTypeDescription: '',
  PerformedProtocolCodeSequence: [],
  PerformedSeriesSequence: [],
  ScheduledStepAttributesSequence: [
    {
      StudyInstanceUID: '1.2.3.1',
      AccessionNumber: 'A1',
      RequestedProcedureID: 'RP1',
      ScheduledProcedureStepID: 'S1',
      ReferencedStudySequence: [],
      RequestedProcedureDescription: '',
      ScheduledProcedureStepDescription: '',
      ScheduledProtocolCodeSequence: [],
      ...scheduled,
    },
  ],
  ...more,
});

/** The modifications that complete a step of two images. */
export const completion = (more: Elements = {}): Elements => ({
  PerformedProcedureStepStatus: 'COMPLETED',
  PerformedProcedureStepEndDate: '20261121',
  PerformedProcedureStepEndTime: '093000',
  PerformedSeriesSequence: [
    {
      PerformingPhysicianName: 'Berg^Eva',
      OperatorsName: '',
      ProtocolName: 'Thyroid',
      SeriesInstanceUID: '1.2.3.1.1',
      SeriesDescription: 'Neck',
      RetrieveAETitle: '',
      ReferencedImageSequence: ['1.2.3.1.1.1', '1.2.3.1.1.2'].map((ReferencedSOPInstanceUID) => ({
        ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.6.1',
        ReferencedSOPInstanceUID,
      })),
      ReferencedNonImageCompositeSOPInstanceSequence: [],
    },
  ],
  ...more,
});
