/** A bridge whose core is a table of answers, for the stores alone. */
import type { CallName, EventName, Events, Input, Outputs } from '#shared/contract.ts';
import { createEmitter } from '#shared/emitter.ts';
import type { Connection, WindowBridge } from '#window/bridge/window-bridge.ts';

type Answers = { [N in CallName]?: (input: Input<N>) => Outputs[N] | Promise<Outputs[N]> };

/** A bridge, what it was asked, and how to tell its listeners. */
export interface FakeBridge extends WindowBridge {
  readonly asked: readonly (readonly [CallName, unknown])[];
  tell<N extends EventName>(name: N, event: Events[N]): void;
  connect(connection: Connection): void;
}

/** A bridge over these answers; a call without one fails. */
export function fakeBridge(answers: Answers): FakeBridge {
  const events = createEmitter<Events & { connection: Connection }>(console.error);
  const asked: (readonly [CallName, unknown])[] = [];
  return {
    asked,
    call: async (name, ...[input]) => {
      asked.push([name, input]);
      const answer = answers[name];
      if (!answer) throw new Error(`no answer to ${name}`);
      return answer(input as never);
    },
    on: (name, listener) => events.on(name, listener as never),
    onConnection: (listener) => events.on('connection', listener),
    url: (path) => `http://core${path}`,
    tell: (name, event) => events.emit(name, event as never),
    connect: (connection) => events.emit('connection', connection),
  };
}
