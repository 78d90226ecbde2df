/** What a sending job has done and what is left of it. */
import type { InstanceReference } from '../jobs/commitment-values.ts';
import type { Scope, StoredFile } from '../store/store.ts';
import type { NodeContent } from './network-deps.ts';

/** An image that the node did not take, or that could not be sent. */
interface FailedInstance {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly SOPInstanceUID: string;
  readonly sentence: string;
}

/** What a sending job is asked to do, and what of it is done. */
export interface SendContent extends NodeContent {
  readonly scopes: readonly Scope[];
  readonly commit: boolean;
  readonly originator?: { readonly AET: string; readonly MessageID: number } | undefined;
  readonly state?: SendState | undefined;
}

interface SendState {
  /** Images that there were when it began. */
  readonly expected?: number | undefined;
  readonly sent: number;
  /** SOP instance UIDs of the first scopes that are done with. */
  readonly crossedOff: readonly string[];
  readonly failed: readonly FailedInstance[];
  readonly toCommit: readonly InstanceReference[];
  readonly commitments: readonly string[];
  /** The image at which the connection broke off the last time, and how often. */
  readonly suspect?: { readonly SOPInstanceUID: string; readonly times: number } | undefined;
}

/** The state of one run. */
export interface Sending {
  /** The content of this run. */
  readonly asked: SendContent;
  readonly scopes: readonly Scope[];
  readonly sent: number;
  /** Images of scopes that are done with, sent or failed; those of the others are still listed. */
  readonly doneBefore: number;
  readonly failed: readonly FailedInstance[];
  readonly toCommit: readonly InstanceReference[];
  /** Jobs that ask whether the node keeps what was sent. */
  readonly commitments: readonly string[];
  readonly hasPostponed: boolean;
  /** Images that there were when it began and that were deleted before their turn; known at the end, 0 before. */
  readonly gone: number;
  /** So many images are named or listed by the scopes; only what is said first counts. */
  expect(count: number): void;
  isCrossedOff(file: StoredFile): boolean;
  stored(file: StoredFile): void;
  refused(file: StoredFile, sentence: string): void;
  /** The node will take it another time. */
  postponed(file: StoredFile): void;
  /** The connection broke off. True where it did so at the same image before, which is now given up. */
  brokeOff(files: readonly StoredFile[]): boolean;
  /** These first scopes are done with. */
  batchDone(scopes: number): void;
  /** That job asks for what was to commit. */
  committing(job: string): void;
  /** What is left to do. */
  content(): SendContent;
}

/* An image at which the node breaks off that often is at fault itself. */
const mostBreaks = 3;

/** The state of a run, from the content of its job. */
export const createSending = (content: SendContent): Sending => new State(content);

class State implements Sending {
  readonly asked: SendContent;
  #scopes: readonly Scope[];
  #expected: number | undefined;
  #sent: number;
  #crossedOff: Set<string>;
  #failed: FailedInstance[];
  #toCommit: InstanceReference[];
  #commitments: string[];
  #suspect: SendState['suspect'];
  /* Those of this batch are still among its scopes. */
  #postponedHere: StoredFile[] = [];
  #postponed: Scope[] = [];

  constructor(asked: SendContent) {
    const { scopes, state } = asked;
    this.asked = asked;
    this.#scopes = scopes;
    this.#expected = state?.expected;
    this.#sent = state?.sent ?? 0;
    this.#crossedOff = new Set(state?.crossedOff);
    this.#failed = [...(state?.failed ?? [])];
    this.#toCommit = [...(state?.toCommit ?? [])];
    this.#commitments = [...(state?.commitments ?? [])];
    this.#suspect = state?.suspect;
  }

  get scopes(): readonly Scope[] {
    return this.#scopes;
  }

  get sent(): number {
    return this.#sent;
  }

  get failed(): readonly FailedInstance[] {
    return this.#failed;
  }

  get toCommit(): readonly InstanceReference[] {
    return this.#toCommit;
  }

  get commitments(): readonly string[] {
    return this.#commitments;
  }

  get hasPostponed(): boolean {
    return this.#postponed.length > 0;
  }

  get gone(): number {
    const isThrough = this.#scopes.length === 0 && !this.hasPostponed;
    return isThrough ? Math.max(0, (this.#expected ?? 0) - this.#sent - this.#failed.length) : 0;
  }

  get doneBefore(): number {
    return this.#sent + this.#failed.length - this.#crossedOff.size;
  }

  expect(count: number): void {
    this.#expected ??= count + this.doneBefore;
  }

  isCrossedOff({ SOPInstanceUID }: StoredFile): boolean {
    return this.#crossedOff.has(SOPInstanceUID);
  }

  stored({ SOPClassUID, SOPInstanceUID }: StoredFile): void {
    this.#sent++;
    this.#crossedOff.add(SOPInstanceUID);
    if (this.asked.commit) this.#toCommit.push({ SOPClassUID, SOPInstanceUID });
  }

  refused({ StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID }: StoredFile, sentence: string): void {
    this.#crossedOff.add(SOPInstanceUID);
    this.#failed.push({ StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, sentence });
  }

  postponed(file: StoredFile): void {
    this.#postponedHere.push(file);
  }

  brokeOff(files: readonly StoredFile[]): boolean {
    const file = files.find((each) => !this.isCrossedOff(each) && !this.#postponedHere.includes(each));
    if (!file) return false;
    const { SOPInstanceUID } = file;
    const times = this.#suspect?.SOPInstanceUID === SOPInstanceUID ? this.#suspect.times + 1 : 1;
    this.#suspect = { SOPInstanceUID, times };
    if (times < mostBreaks) return false;
    this.refused(file, `${this.asked.name} breaks off the connection at this image.`);
    this.#suspect = undefined;
    return true;
  }

  batchDone(scopes: number): void {
    this.#scopes = this.#scopes.slice(scopes);
    this.#crossedOff.clear();
    for (const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } of this.#postponedHere)
      this.#postponed.push({ StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID });
    this.#postponedHere = [];
  }

  committing(job: string): void {
    this.#commitments.push(job);
    this.#toCommit = [];
  }

  content(): SendContent {
    return {
      ...this.asked,
      scopes: [...this.#scopes, ...this.#postponed],
      state: {
        expected: this.#expected,
        sent: this.#sent,
        crossedOff: [...this.#crossedOff],
        failed: this.#failed,
        toCommit: this.#toCommit,
        commitments: this.#commitments,
        suspect: this.#suspect,
      },
    };
  }
}
