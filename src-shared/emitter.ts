/** A typed emitter: tells listeners and expects nothing back. */

/** Tells and listens; `Events` maps a name to its value. */
export interface Emitter<Events> {
  emit<N extends keyof Events>(name: N, event: Events[N]): void;
  /** Listens; the answer stops listening. */
  on<N extends keyof Events>(name: N, listener: (event: Events[N]) => void): () => void;
  /** Listens to every event. */
  onAny(listener: <N extends keyof Events>(name: N, event: Events[N]) => void): () => void;
}

/** A new emitter without listeners. A listener that throws does not keep the others from hearing; `failed` is told of it. */
export function createEmitter<Events>(failed: (error: unknown) => void): Emitter<Events> {
  type Any = (name: keyof Events, event: never) => void;
  const listeners = new Set<Any>();
  const add = (listener: Any) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    emit: (name, event) => {
      for (const listener of listeners) {
        try {
          listener(name, event as never);
        } catch (error) {
          failed(error);
        }
      }
    },
    on: (name, listener) => add((heard, event) => heard === name && listener(event)),
    onAny: (listener) => add(listener as Any),
  };
}
