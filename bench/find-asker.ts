/** Asks and fills servers over DICOM associations that stay open, as a workstation does. */
import type { IndexedKeyword } from '../src-shared/attributes.ts';
import { writeDicomJson } from '../src-main/dicom/write-dicom-json.ts';
import { identifierOf } from '../src-main/dimse/client/identifier.ts';
import { openRequestor, type ContextProposal } from '../src-main/dimse/client/open-requestor.ts';
import type { Requestor } from '../src-main/dimse/client/requestor.ts';
import { commandField } from '../src-main/dimse/command.ts';
import { returnKeys, studyImage } from './find-studies.ts';
import type { BenchServer } from './servers.ts';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const studyRoot = '1.2.840.10008.5.1.4.1.2.2.1';

const associate = ({ port, AETitle }: BenchServer, abstractSyntax: string): Promise<Requestor> =>
  openRequestor({
    Host: '127.0.0.1',
    Port: port,
    callingAET: 'BENCH',
    calledAET: AETitle,
    contexts: [{ abstractSyntax, transferSyntaxes: [explicitLittleEndian] } satisfies ContextProposal],
    timeout: 60,
    maximumPduLength: 131_072,
  });

const contextIdOf = (requestor: Requestor, abstractSyntax: string): number => {
  const [context] = requestor.contexts.get(abstractSyntax) ?? [];
  if (!context) throw new Error(`${requestor.calledAET} does not take ${abstractSyntax}.`);
  return context.id;
};

/** An open association for questions. */
export interface Asker {
  /** Asks at study level; milliseconds from the first byte of the request to the last of the final response. */
  ask(keys: Partial<Record<IndexedKeyword, string>>): Promise<{ milliseconds: number; answers: number }>;
  close(): Promise<void>;
}

/** Opens an association for questions with a server. */
export async function openAsker(server: BenchServer): Promise<Asker> {
  const requestor = await associate(server, studyRoot);
  const contextId = contextIdOf(requestor, studyRoot);
  const universal = Object.fromEntries(returnKeys.map((keyword) => [keyword, '']));
  return {
    async ask(keys) {
      const identifier = identifierOf({ ...universal, ...keys, QueryRetrieveLevel: 'STUDY' });
      const dataSet = writeDicomJson(identifier, {
        TransferSyntaxUID: explicitLittleEndian,
        SpecificCharacterSet: ['ISO_IR 100'],
      });
      let answers = 0;
      const begin = performance.now();
      const { command } = await requestor.request(
        contextId,
        { CommandField: commandField.findRequest, AffectedSOPClassUID: studyRoot, Priority: 0 },
        { dataSet, onPending: () => void answers++ },
      );
      const milliseconds = performance.now() - begin;
      if (command.Status !== 0) throw new Error(`${server.name} answered with status ${command.Status?.toString(16)}.`);
      return { milliseconds, answers };
    },
    close: () => requestor.release(),
  };
}

/** Sends the images of studies over some associations at once; `tell` is told of each thousand. */
export async function sendStudies(server: BenchServer, count: number, tell: (sent: number) => void): Promise<void> {
  let next = 0;
  const SOPClassUID = studyImage(0, count).SOPClassUID;
  const send = async (): Promise<void> => {
    const requestor = await associate(server, SOPClassUID);
    const contextId = contextIdOf(requestor, SOPClassUID);
    while (next < count) {
      if (next % 1000 === 0) tell(next);
      const { dataSet, SOPInstanceUID } = studyImage(next++, count);
      const { command } = await requestor.request(
        contextId,
        {
          CommandField: commandField.storeRequest,
          AffectedSOPClassUID: SOPClassUID,
          AffectedSOPInstanceUID: SOPInstanceUID,
          Priority: 0,
        },
        { dataSet },
      );
      if (command.Status !== 0) throw new Error(`${server.name} refused an image: ${command.Status?.toString(16)}.`);
    }
    await requestor.release();
  };
  await Promise.all(Array.from({ length: 8 }, send));
}
