/** Changes the transfer syntax of kept files in threads of their own. */

/** A data set in its new transfer syntax. */
export interface Transcoded {
  /** Bytes of the data set. */
  readonly size: number;
  /** The encoded data set, in pieces; may be asked for once. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Removes what was made. */
  discard(): Promise<void>;
}

/** Changes transfer syntaxes. */
export interface Transcoder {
  /**
   * The data set of the file at `path` in another transfer syntax.
   * @throws PacsError unsupported, damaged, too-large, storage-full, busy, aborted
   */
  transcode(path: string, TransferSyntaxUID: string, signal?: AbortSignal): Promise<Transcoded>;
  /** Ends the threads; what is under way fails with `aborted`. */
  close(): Promise<void>;
}
