/** The messages of one association in order; while one is served it is read on, so that a C-CANCEL and responses to us are heard. */
import { AssociationEnd } from './association-end.ts';
import { commandField, type Command } from './command.ts';
import type { Gate } from './gate.ts';
import { nextMessage, type Message } from './message.ts';
import { abort } from './pdu.ts';

/** Reading side of one association. */
export interface Inbox {
  /** The next request, or 'release'. @throws AssociationEnd */
  next(): Promise<Message | 'release'>;
  /**
   * Does `work` for the message while reading on. The signal is aborted by its C-CANCEL (reason 'cancel') and by the end of
   * the association (reason AssociationEnd). The next request waits until the work is done.
   */
  during<T>(messageId: number, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * The response to a request of ours, its data set discarded; only within `during`. @throws AssociationEnd, at once where no
   * response can be heard: the association is over, or the other side has asked for something itself, which is served first
   */
  response(messageId: number): Promise<Command>;
}

interface Waiting {
  readonly resolve: (command: Command) => void;
  readonly reject: (error: unknown) => void;
}

/** The inbox behind a gate. `accepted` are the IDs of the accepted presentation contexts. */
export function createInbox(gate: Gate, accepted: ReadonlySet<number>): Inbox {
  /* Responses wait here by message ID; a request of ours that nobody answers ends with the association. */
  const waiting = new Map<number, Waiting>();
  let serving: { readonly messageId: number; readonly controller: AbortController } | undefined;
  let ahead: Promise<Message | 'release'> | undefined;
  /* Why no response can be heard; behind a request that waits nothing is read. */
  let deafness: unknown;

  async function nextRequest(): Promise<Message | 'release'> {
    for (;;) {
      const message = await nextMessage(gate, accepted);
      if (message === 'release') return message;
      const { command } = message;
      if (command.CommandField === commandField.cancelRequest) {
        await message.dataSet?.discard();
        if (command.MessageID === serving?.messageId) serving.controller.abort('cancel');
      } else if (command.CommandField >= commandField.response) {
        await message.dataSet?.discard();
        waiting.get(command.MessageID)?.resolve(command);
        waiting.delete(command.MessageID);
      } else return message;
    }
  }

  /* A message that came, or the end, is kept for whoever asks for it next. */
  function readAhead(): void {
    if (ahead) return;
    const reading = nextRequest();
    ahead = reading;
    /* What `next` waits for already crosses nothing. */
    reading.then(
      (message) => reading === ahead && (message === 'release' ? end('release', left()) : deafen(crossed())),
      (error: unknown) => reading === ahead && end(error, error),
    );
  }

  function end(reason: unknown, deaf: unknown): void {
    serving?.controller.abort(reason);
    deafen(deaf);
  }

  function deafen(reason: unknown): void {
    deafness = reason;
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  }

  return {
    next: async () => {
      const message = ahead ?? nextRequest();
      ahead = undefined;
      deafness = undefined;
      return message;
    },
    during: async (messageId, work) => {
      const controller = new AbortController();
      serving = { messageId, controller };
      readAhead();
      try {
        return await work(controller.signal);
      } finally {
        serving = undefined;
      }
    },
    response: (messageId) => {
      if (deafness) throw deafness;
      return new Promise((resolve, reject) => waiting.set(messageId, { resolve, reject }));
    },
  };
}

const left = (): AssociationEnd => new AssociationEnd('The other side ended the association before it had answered.');
const crossed = (): AssociationEnd =>
  new AssociationEnd('The other side asked for something else before it had answered.', abort.unexpectedPdu);
