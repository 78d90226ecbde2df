/** An association that we asked for, as those see it who speak on it (PS3.7 7.5, PS3.8 7). */
import type { Roles } from '../association-items.ts';
import type { Command, CommandValues } from '../command.ts';
import type { Message } from '../message.ts';
import type { OutgoingDataSet } from '../send-data-set.ts';

/** A presentation context that was accepted. */
export interface AcceptedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

/** What was agreed on. */
export interface Negotiation {
  readonly calledAET: string;
  /** Accepted contexts by abstract syntax, in the order of the proposal. */
  readonly contexts: ReadonlyMap<string, readonly AcceptedContext[]>;
  /** Results (PS3.8 9.3.3.2) of abstract syntaxes of which no context was accepted. */
  readonly refused: ReadonlyMap<string, number>;
  /** Roles as answered, by SOP class. */
  readonly roles: ReadonlyMap<string, Roles>;
  readonly extended: ReadonlyMap<string, Uint8Array>;
  /** Longest P-DATA body that the other side takes, in bytes; 0 is without bound. */
  readonly maximumLength: number;
}

/** A request of the other side on our association: a C-STORE of our C-GET, an N-EVENT-REPORT. */
export interface PeerRequest extends Message {
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

/** What we answer to it; what every response has is filled in, `sentence` becomes the ErrorComment. */
export type PeerAnswer = CommandValues & { readonly Status: number; readonly sentence?: string | undefined };

/** How a request is made. */
export interface RequestOptions {
  readonly dataSet?: OutgoingDataSet | undefined;
  /** Told of every pending response, in order; the next one is read when it is done. A data set is at most 1 MB. */
  readonly onPending?: (command: Command, dataSet: Uint8Array | undefined) => void | Promise<void>;
  /** Answers requests of the other side; without it they are refused as unrecognized operations. */
  readonly onRequest?: (request: PeerRequest) => Promise<PeerAnswer>;
  /** Its abort sends a C-CANCEL where the operation knows it, else ends the association. */
  readonly signal?: AbortSignal | undefined;
}

/** An association that was accepted. */
export interface Requestor extends Negotiation {
  /** Address of the other side. */
  readonly remoteAddress: string;
  /**
   * Sends a request and resolves with its final response, whatever its status; MessageID and CommandDataSetType are filled in.
   * @throws PacsError `aborted` where the association ends before (it is over then), `too-large` for an oversized answer
   */
  request(
    contextId: number,
    command: CommandValues,
    options?: RequestOptions,
  ): Promise<{ readonly command: Command; readonly dataSet?: Uint8Array | undefined }>;
  /** Answers requests of the other side until `onRequest` has said 'enough', it releases, or so many seconds are over. @throws PacsError */
  listen(seconds: number, onRequest: (request: PeerRequest) => Promise<PeerAnswer>, enough: AbortSignal): Promise<void>;
  /** Ends the association in good order; never fails. */
  release(): Promise<void>;
  /** Ends the association at once. */
  abort(): void;
}
