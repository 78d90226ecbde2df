/** A node that takes procedure steps, written with dcmjs-dimse. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import dcmjsDimse from 'dcmjs-dimse';
import type { association, requests } from 'dcmjs-dimse';
import { onTestFinished } from 'vitest';

const { Scp, Server, log } = dcmjsDimse;
const { NCreateResponse, NSetResponse } = dcmjsDimse.responses;
const { PresentationContextResult } = dcmjsDimse.constants;
log.disableAll();

/** What came: kind, SOP instance UID, PerformedProcedureStepStatus. */
export type CameStep = readonly ['create' | 'set', string, string];

type Elements = Readonly<Record<string, unknown>>;
const stepStatus = (request: requests.NCreateRequest | requests.NSetRequest): string =>
  ((request.getDataset()?.getElements() ?? {}) as Elements)['PerformedProcedureStepStatus'] as string;

/** Listens on that port until the test ends; what comes is put into the answer. */
export async function startStepPeer(port: number): Promise<readonly CameStep[]> {
  const came: CameStep[] = [];
  class Peer extends Scp {
    override associationRequested(requested: association.Association): void {
      for (const { id } of requested.getPresentationContexts()) {
        const context = requested.getPresentationContext(id);
        context.setResult(PresentationContextResult.Accept, context.getTransferSyntaxUids()[0]);
      }
      this.sendAssociationAccept();
    }

    override nCreateRequest(
      request: requests.NCreateRequest,
      answer: (answered: InstanceType<typeof NCreateResponse>) => void,
    ): void {
      came.push(['create', request.getAffectedSopInstanceUid(), stepStatus(request)]);
      const response = NCreateResponse.fromRequest(request);
      response.setStatus(0);
      answer(response);
    }

    override nSetRequest(
      request: requests.NSetRequest,
      answer: (answered: InstanceType<typeof NSetResponse>) => void,
    ): void {
      came.push(['set', request.getRequestedSopInstanceUid(), stepStatus(request)]);
      const response = NSetResponse.fromRequest(request);
      response.setStatus(0);
      answer(response);
    }

    override associationReleaseRequested(): void {
      this.sendAssociationReleaseResponse();
    }
  }
  const server = new Server(Peer);
  server.on('networkError', () => undefined);
  server.listen(port);
  onTestFinished(() => server.close());
  return came;
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
