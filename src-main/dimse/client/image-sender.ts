/** Sends batches of images one after the other and tells what became of each. */
import { PacsError, toPacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import type { StoredFile } from '../../store/store.ts';
import { commandField, type Command, type CommandValues } from '../command.ts';
import { openOutgoing, type OutgoingInstance } from '../outgoing-instance.ts';
import { keepingTime } from '../send-data-set.ts';
import { timeoutOf, withAssociation, type ClientContext } from './client-context.ts';
import { cancelledError } from './client-errors.ts';
import type { Requestor } from './requestor.ts';
import { statusError } from './status-error.ts';
import type { StoreBatch } from './store-contexts.ts';

/** What became of one image. `warning`: the node has it, but changed or complained of something. */
export interface SendResult {
  readonly file: StoredFile;
  readonly outcome: 'stored' | 'warning' | 'failed';
  /** The node's status; absent where it was not asked. */
  readonly status?: number | undefined;
  /** Why it failed. */
  readonly error?: PacsError | undefined;
}

/** How images are sent. */
export interface StoreOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of every image, in order; the next one waits for it. */
  readonly onResult?: ((result: SendResult) => void | Promise<void>) | undefined;
  /** Who asked for it with a C-MOVE, PS3.7 9.1.1.1. */
  readonly moveOriginator?: { readonly AET: string; readonly MessageID: number } | undefined;
}

/* The class is known, but none of its transfer syntaxes was to the other side's liking, PS3.8 9.3.3.2. */
const noTransferSyntax = 4;
/* What can be sent to any node: explicit and implicit VR little endian. */
const uncompressed: readonly string[] = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'];
/* A node that has no room for so many images in a row will not have it for the next. */
const mostOutOfResources = 3;
/* A node that breaks off at so many images in a row will do so at the next. */
const mostLeftBehind = 2;

/** The sending to one node. */
export class ImageSender {
  /** In the order in which they were told. */
  readonly results: SendResult[] = [];
  /** What images may be changed into; nothing where they must not be changed. */
  readonly alternatives: readonly string[];
  readonly #node: Modality;
  readonly #context: ClientContext;
  readonly #options: StoreOptions;
  readonly #transcoder;
  #outOfResources = 0;
  #leftBehind = 0;

  constructor(node: Modality, context: ClientContext, options: StoreOptions) {
    const { TranscodeDicomProtocol, DicomScuPreferredTransferSyntax } = context.settings;
    this.#node = node;
    this.#context = context;
    this.#options = options;
    this.#transcoder = TranscodeDicomProtocol && node.AllowTranscoding ? context.transcoder : undefined;
    this.alternatives = this.#transcoder ? [...new Set([DicomScuPreferredTransferSyntax, ...uncompressed])] : [];
  }

  /** Sends the images of a batch. @throws PacsError what ends all */
  async sendBatch({ files, contexts }: StoreBatch): Promise<void> {
    let again: StoredFile | undefined;
    for (let start = 0; start < files.length;) {
      const rest = files.slice(start);
      const { sent, brokenOff } = await withAssociation(
        this.#node,
        contexts,
        this.#context,
        (requestor) => this.#sendAll(requestor, rest),
        { signal: this.#options.signal, patience: this.#patience(rest) },
      );
      start += sent;
      const file = files[start];
      if (!brokenOff || !file) continue;
      /* It may be the line or the image: it gets another try on a new association before it is left behind. */
      if (again !== file) again = file;
      else await this.#leaveBehind(files[start++] as StoredFile, brokenOff);
    }
  }

  async #leaveBehind(file: StoredFile, error: PacsError): Promise<void> {
    if (++this.#leftBehind === mostLeftBehind) throw error;
    await this.#tell({ file, outcome: 'failed', error });
  }

  /* Before it answers, the other side has to keep what it got. */
  #patience(files: readonly StoredFile[]): number {
    const timeout = timeoutOf(this.#node, this.#context);
    return timeout && timeout + keepingTime(files.reduce((most, { size }) => Math.max(most, size), 0));
  }

  /** How many have their results; fewer than all where the association was over before. While one is sent the next one is opened. */
  async #sendAll(requestor: Requestor, files: readonly StoredFile[]): Promise<{ sent: number; brokenOff?: PacsError }> {
    let ahead = this.#open(requestor, files[0]);
    try {
      for (const [index, file] of files.entries()) {
        const opened = await ahead;
        ahead = this.#open(requestor, files[index + 1]);
        const end = await this.#sendOne(requestor, file, opened);
        if (end === 'over') return { sent: index + 1 };
        if (end) return { sent: index, brokenOff: end };
      }
      return { sent: files.length };
    } finally {
      const unsent = await ahead;
      if (unsent && 'dataSet' in unsent) await unsent.close(true);
    }
  }

  /* Never rejects, since nobody may be waiting. */
  async #open(requestor: Requestor, file: StoredFile | undefined): Promise<OutgoingInstance | PacsError | undefined> {
    if (!file) return undefined;
    const accepted = (requestor.contexts.get(file.SOPClassUID) ?? []).map(({ transferSyntax }) => transferSyntax);
    if (accepted.length === 0) return this.#notTaken(requestor, requestor.refused.get(file.SOPClassUID));
    const { signal } = this.#options;
    const { DicomScuPreferredTransferSyntax: preferred } = this.#context.settings;
    const opening = openOutgoing(file, accepted, this.#transcoder, { preferred, ...(signal ? { signal } : {}) });
    return opening.catch((thrown: unknown) => {
      const error = toPacsError(thrown);
      return error.code === 'refused-transfer-syntax' ? this.#notTaken(requestor, noTransferSyntax) : error;
    });
  }

  #notTaken({ calledAET }: Requestor, result: number | undefined): PacsError {
    return result === noTransferSyntax
      ? new PacsError(
          'refused-transfer-syntax',
          `${calledAET} does not take the image in the form in which it is kept.`,
        )
      : new PacsError('refused-sop-class', `${calledAET} does not take images of this kind.`);
  }

  /** 'over' where our side has broken off in the middle of the image, the error where the other side has. */
  async #sendOne(
    requestor: Requestor,
    file: StoredFile,
    opened: OutgoingInstance | PacsError | undefined,
  ): Promise<PacsError | 'over' | undefined> {
    const { signal } = this.#options;
    if (!opened || opened instanceof PacsError) {
      if (signal?.aborted) throw cancelledError();
      await this.#tell({ file, outcome: 'failed', error: opened });
      return undefined;
    }
    let command: Command | undefined;
    try {
      const { TransferSyntaxUID, dataSet } = opened;
      const contexts = requestor.contexts.get(file.SOPClassUID) ?? [];
      const id = contexts.find(({ transferSyntax }) => transferSyntax === TransferSyntaxUID)?.id ?? 0;
      ({ command } = await requestor.request(id, this.#command(file), { dataSet, signal }));
    } catch (thrown) {
      const error = toPacsError(thrown);
      if (signal?.aborted) throw error;
      if (error.code === 'aborted') return error;
      await this.#tell({ file, outcome: 'failed', error });
      return 'over';
    } finally {
      await opened.close(command !== undefined);
    }
    await this.#judge(file, command);
    return undefined;
  }

  #command({ SOPClassUID, SOPInstanceUID }: StoredFile): CommandValues {
    const { moveOriginator } = this.#options;
    return {
      AffectedSOPClassUID: SOPClassUID,
      CommandField: commandField.storeRequest,
      Priority: 0,
      AffectedSOPInstanceUID: SOPInstanceUID,
      MoveOriginatorApplicationEntityTitle: moveOriginator?.AET,
      MoveOriginatorMessageID: moveOriginator?.MessageID,
    };
  }

  async #judge(file: StoredFile, command: Command): Promise<void> {
    const status = command.Status ?? 0;
    this.#leftBehind = 0;
    const isOutOfResources = status >> 8 === 0xa7;
    this.#outOfResources = isOutOfResources ? this.#outOfResources + 1 : 0;
    const error = statusError(this.#node.AET, 'Sending', command);
    if (status === 0) await this.#tell({ file, outcome: 'stored', status });
    else if (isWarning(status)) await this.#tell({ file, outcome: 'warning', status });
    else await this.#tell({ file, outcome: 'failed', status, error });
    if (this.#outOfResources === mostOutOfResources) throw error;
  }

  async #tell(result: SendResult): Promise<void> {
    this.results.push(result);
    await this.#options.onResult?.(result);
  }
}

/* B000: elements coerced, discarded; 0107, 0116: attribute lists; 0111: it has the image already (PS3.4 B.2.3, PS3.7 C). */
const isWarning = (status: number): boolean =>
  status >> 12 === 0xb || [0x0001, 0x0107, 0x0111, 0x0116].includes(status);
