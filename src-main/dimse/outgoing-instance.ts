/** A kept file as the data set of an outgoing C-STORE: as it lies where the peer takes that, else in another transfer syntax (PS3.4 B.2). */
import { PacsError } from '#shared/errors.ts';
import { chooseTarget } from '../dicom/transcode-targets.ts';
import type { Transcoder } from '../dicom/transcoder.ts';
import type { StoredFile } from '../store/store.ts';
import { openStoredDataSet } from './outgoing-file.ts';

/** A data set that is ready to be sent. */
export interface OutgoingInstance {
  /** The transfer syntax that it is sent in: one of the accepted ones. */
  readonly TransferSyntaxUID: string;
  /** Bytes of the data set. */
  readonly size: number;
  /**
   * The encoded data set, once. Its memory is used again: a chunk is good until 2 MB behind it were given out and the next one
   * is asked for, the last ones until `close`.
   */
  readonly dataSet: AsyncIterable<Uint8Array>;
  /**
   * Lets go of the file; to be called in any case. `mayReuse` says that no byte of it is still on its way, so that its memory
   * may be used again: the peer has answered, or nothing was sent.
   */
  close(mayReuse: boolean): Promise<void>;
}

/** What a sender wishes. */
export interface OutgoingOptions {
  /** Transfer syntax to change into before all others, where the peer takes it. */
  readonly preferred?: string;
  /** Ends a change of the transfer syntax that is under way. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a kept file for sending; its first bytes are read, so that what is missing or damaged is found before anything is sent.
 * `accepted` are the transfer syntaxes that the peer takes for the file's SOP class. Without a transcoder only the stored
 * syntax can be sent; with one never a lossy syntax, unless it is the stored one.
 * @throws PacsError refused-transfer-syntax, unsupported, damaged, aborted
 */
export async function openOutgoing(
  file: StoredFile,
  accepted: readonly string[],
  transcoder: Transcoder | undefined,
  { preferred, signal }: OutgoingOptions = {},
): Promise<OutgoingInstance> {
  const { path, size, TransferSyntaxUID } = file;
  if (accepted.includes(TransferSyntaxUID)) return { TransferSyntaxUID, ...(await openStoredDataSet(path, size)) };
  const target = transcoder && chooseTarget(accepted, preferred);
  if (!target) throw new PacsError('refused-transfer-syntax', 'The other side does not take the image as it is kept.');
  const transcoded = await transcoder.transcode(path, target, signal);
  return {
    TransferSyntaxUID: target,
    size: transcoded.size,
    dataSet: transcoded.chunks(),
    close: (mayReuse) => transcoded.discard(mayReuse),
  };
}
