/** Another node for storage commitment, written with dcmjs-dimse: it asks us and hears our reports, or is asked and reports. */
import type { AddressInfo, Server as NetServer } from 'node:net';
import dcmjsDimse from 'dcmjs-dimse';
import type { association, requests } from 'dcmjs-dimse';
import { onTestFinished } from 'vitest';
import type { InstanceReference } from '#main/jobs/commitment-values.ts';

const { Client, Dataset, Scp, Server, log } = dcmjsDimse;
const { NActionRequest, NEventReportRequest } = dcmjsDimse.requests;
const { NActionResponse, NEventReportResponse } = dcmjsDimse.responses;
const { PresentationContextResult, TransferSyntax } = dcmjsDimse.constants;
log.disableAll();

const pushModel = '1.2.840.10008.1.20.1';
const pushModelInstance = '1.2.840.10008.1.20.1.1';

/** A report as it came. */
export interface PeerReport {
  readonly EventTypeID: number;
  readonly TransactionUID: string;
  readonly committed: readonly string[];
  /** SOP instance UID and failure reason. */
  readonly failed: readonly (readonly [string, number])[];
  /** AE title that brought it, where it came on another association. */
  readonly callingAET?: string;
}

interface Item {
  readonly ReferencedSOPClassUID: string;
  readonly ReferencedSOPInstanceUID: string;
  readonly FailureReason?: number;
}
type Elements = Record<string, unknown>;

const listOf = (value: unknown): Item[] =>
  value === undefined ? [] : ([value].flat() as Item[]).map((item) => ({ ...item }));

function reportOf(request: InstanceType<typeof NEventReportRequest>, callingAET?: string): PeerReport {
  const elements = (request.getDataset()?.getElements() ?? {}) as Elements;
  return {
    EventTypeID: request.getEventTypeId(),
    TransactionUID: elements['TransactionUID'] as string,
    committed: listOf(elements['ReferencedSOPSequence']).map((item) => item.ReferencedSOPInstanceUID),
    failed: listOf(elements['FailedSOPSequence']).map((item) => [
      item.ReferencedSOPInstanceUID,
      item.FailureReason as number,
    ]),
    ...(callingAET === undefined ? {} : { callingAET }),
  };
}

const items = (references: readonly InstanceReference[]): Item[] =>
  references.map(({ SOPClassUID, SOPInstanceUID }) => ({
    ReferencedSOPClassUID: SOPClassUID,
    ReferencedSOPInstanceUID: SOPInstanceUID,
  }));

/** How the peer asks. */
export interface AskOptions {
  readonly port: number;
  readonly callingAET?: string;
  readonly calledAET?: string;
  readonly TransactionUID: string;
  readonly references: readonly InstanceReference[];
  /** Milliseconds to wait for the report on the association of the request. */
  readonly linger?: number;
  readonly instance?: string;
  readonly action?: number;
  /** Replaces the data set. */
  readonly elements?: Elements;
}

/** Asks us for storage commitment; the status of the N-ACTION and what was reported until the association ended. */
export async function askCommitment(options: AskOptions): Promise<{ Status: number; reports: PeerReport[] }> {
  const { port, callingAET = 'PEER', calledAET = 'CHAIRSIDE', TransactionUID, references, linger = 0 } = options;
  const client = new Client();
  const request = new NActionRequest(pushModel, options.instance ?? pushModelInstance, options.action ?? 1);
  const elements = options.elements ?? { TransactionUID, ReferencedSOPSequence: items(references) };
  request.setDataset(new Dataset(elements, TransferSyntax.ImplicitVRLittleEndian));
  const reports: PeerReport[] = [];
  let Status = -1;
  request.on('response', (response) => (Status = response.getStatus()));
  client.addRequest(request);
  client.on('nEventReportRequest', (report: requests.NEventReportRequest, answer) => {
    reports.push(reportOf(report));
    answer(response(report, 0));
  });
  const closed = new Promise<void>((resolve, reject) => {
    client.on('closed', resolve);
    client.on('networkError', reject);
    client.on('associationRejected', () => reject(new Error('rejected')));
  });
  client.send('127.0.0.1', port, callingAET, calledAET, { associationLingerTimeout: linger });
  await closed;
  return { Status, reports };
}

function response(request: requests.NEventReportRequest, status: number) {
  const answer = NEventReportResponse.fromRequest(request);
  answer.setStatus(status);
  return answer;
}

/** A peer that listens. */
export interface CommitmentPeer {
  readonly port: number;
  /** Reports that came on associations of their own. */
  readonly reports: PeerReport[];
  /** The roles that were proposed with them: [SCU, SCP]. */
  readonly roles: (readonly [boolean, boolean])[];
  /** Requests that came: TransactionUID and SOP instance UIDs. */
  readonly asked: { readonly TransactionUID: string; readonly instances: readonly string[] }[];
  close(): void;
}

/** What a listening peer does. */
export interface PeerBehaviour {
  readonly port?: number;
  /** Status of its N-EVENT-REPORT responses. */
  readonly reportStatus?: number;
  /** Status of its N-ACTION responses. */
  readonly actionStatus?: number;
}

/** A peer that listens on a port of its own until the test ends. */
export async function startPeer({
  port = 0,
  reportStatus = 0,
  actionStatus = 0,
}: PeerBehaviour = {}): Promise<CommitmentPeer> {
  const [reports, roles, asked]: [PeerReport[], CommitmentPeer['roles'], CommitmentPeer['asked'][number][]] = [
    [],
    [],
    [],
  ];
  class Peer extends Scp {
    #callingAET = '';

    override associationRequested(requested: association.Association): void {
      this.#callingAET = requested.getCallingAeTitle().trim();
      for (const { id } of requested.getPresentationContexts()) {
        const context = requested.getPresentationContext(id);
        roles.push([context.getUserRole(), context.getProviderRole()]);
        context.setResult(PresentationContextResult.Accept, context.getTransferSyntaxUids()[0]);
      }
      this.sendAssociationAccept();
    }

    override nEventReportRequest(
      request: requests.NEventReportRequest,
      answer: (answered: InstanceType<typeof NEventReportResponse>) => void,
    ): void {
      reports.push(reportOf(request, this.#callingAET));
      answer(response(request, reportStatus));
    }

    override nActionRequest(
      request: requests.NActionRequest,
      answer: (answered: InstanceType<typeof NActionResponse>) => void,
    ): void {
      const elements = (request.getDataset()?.getElements() ?? {}) as Elements;
      const instances = listOf(elements['ReferencedSOPSequence']).map((item) => item.ReferencedSOPInstanceUID);
      asked.push({ TransactionUID: elements['TransactionUID'] as string, instances });
      const answered = NActionResponse.fromRequest(request);
      answered.setStatus(actionStatus);
      answer(answered);
    }

    override associationReleaseRequested(): void {
      this.sendAssociationReleaseResponse();
    }
  }
  const server = new Server(Peer);
  server.on('networkError', () => undefined);
  server.listen(port);
  const net = (server as unknown as { server: NetServer }).server;
  if (!net.listening) await new Promise((resolve) => net.once('listening', resolve));
  const close = (): void => server.close();
  onTestFinished(close);
  return { port: (net.address() as AddressInfo).port, reports, roles, asked, close };
}

/** Brings us a report on a new association, as the SCP of the class; the status of our response. */
export async function bringReport(
  port: number,
  TransactionUID: string,
  committed: readonly InstanceReference[],
  failed: readonly (InstanceReference & { readonly FailureReason: number })[] = [],
  callingAET = 'PEER',
  EventTypeID = failed.length > 0 ? 2 : 1,
): Promise<number> {
  const client = new Client();
  const request = new NEventReportRequest(pushModel, pushModelInstance, EventTypeID);
  const failedItems = items(failed).map((item, at) => ({ ...item, FailureReason: failed[at]?.FailureReason }));
  const elements = {
    TransactionUID,
    ...(failed.length > 0 ? { FailedSOPSequence: failedItems } : {}),
    ...(committed.length > 0 ? { ReferencedSOPSequence: items(committed) } : {}),
  };
  request.setDataset(new Dataset(elements, TransferSyntax.ImplicitVRLittleEndian));
  let Status = -1;
  request.on('response', (answer) => (Status = answer.getStatus()));
  client.addRequest(request);
  const context = new dcmjsDimse.association.PresentationContext(0, pushModel, undefined, undefined, false, true);
  context.addTransferSyntaxUid(TransferSyntax.ImplicitVRLittleEndian);
  client.addAdditionalPresentationContext(context, false);
  const closed = new Promise<void>((resolve, reject) => {
    client.on('closed', resolve);
    client.on('networkError', reject);
    client.on('associationRejected', () => reject(new Error('rejected')));
  });
  client.send('127.0.0.1', port, callingAET, 'CHAIRSIDE');
  await closed;
  return Status;
}
