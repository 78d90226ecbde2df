/** How a request is stopped that is under way: by a C-CANCEL where its operation knows it, else with its association (PS3.7 9.3.2.3). */
import { AssociationEnd } from '../association-end.ts';
import { commandField } from '../command.ts';
import { abort } from '../pdu.ts';

/** What a stop does to the association. */
export interface StopActions {
  /** Sends a C-CANCEL. */
  readonly cancel: () => void;
  /** Ends the association. */
  readonly fail: (end: AssociationEnd) => void;
}

/** The stop of one request. */
export interface RequestStop {
  /** Somebody wants it stopped. */
  readonly ask: () => void;
  /** The request is sent whole: a C-CANCEL must not come between its PDUs. */
  isSent(): void;
  /** Nothing is left to stop. */
  done(): void;
}

/* Seconds that the other side has to stop after a C-CANCEL. */
const cancelTime = 10;

const cancellable: ReadonlySet<number | undefined> = new Set([
  commandField.findRequest,
  commandField.moveRequest,
  commandField.getRequest,
]);

/** A stop for a request of that kind. */
export function createRequestStop(field: number | undefined, { cancel, fail }: StopActions): RequestStop {
  const late = new AssociationEnd('The other side did not stop when it was asked to.', abort.notSpecified);
  let [isSent, isAsked] = [false, false];
  let timer: NodeJS.Timeout | undefined;

  function cancelWhenSent(): void {
    if (!isSent || !isAsked || timer) return;
    timer = setTimeout(() => fail(late), cancelTime * 1000);
    cancel();
  }

  return {
    ask: () => {
      isAsked = true;
      if (cancellable.has(field)) cancelWhenSent();
      else fail(new AssociationEnd('It was cancelled.', { source: 0, reason: 0 }));
    },
    isSent: () => {
      isSent = true;
      if (cancellable.has(field)) cancelWhenSent();
    },
    done: () => clearTimeout(timer),
  };
}
