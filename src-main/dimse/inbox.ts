/** The messages of one association in order; while one is served it is read on, so that a C-CANCEL and responses to us are heard. */
import { commandField, type Command } from './command.ts';
import type { Gate } from './gate.ts';
import { nextMessage, type Message } from './message.ts';

/** Reading side of one association. */
export interface Inbox {
  /** The next request, or 'release'. @throws AssociationEnd */
  next(): Promise<Message | 'release'>;
  /**
   * Does `work` for the message while reading on. The signal is aborted by its C-CANCEL (reason 'cancel') and by the end of
   * the association (reason AssociationEnd). The next request waits until the work is done.
   */
  during<T>(messageId: number, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** The response to a request of ours, its data set discarded. @throws AssociationEnd; only within `during` */
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
  let ended: unknown;

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
    ahead = nextRequest();
    ahead.then(
      (message) => message === 'release' && end('release'),
      (error: unknown) => end(error),
    );
  }

  function end(reason: unknown): void {
    ended = reason;
    serving?.controller.abort(reason);
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  }

  return {
    next: async () => {
      const message = ahead ?? nextRequest();
      ahead = undefined;
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
    response: (messageId) =>
      new Promise((resolve, reject) => {
        if (ended) reject(ended);
        else waiting.set(messageId, { resolve, reject });
      }),
  };
}
