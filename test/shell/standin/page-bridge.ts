/** The contextBridge between the preload's isolated world and the page's: runs as source text in both. */

type Packed =
  | { readonly kind: 'value' | 'function' | 'promise' | 'error'; readonly value: unknown }
  | { readonly kind: 'list'; readonly value: readonly Packed[] }
  | { readonly kind: 'object'; readonly value: readonly (readonly [string, Packed])[] };
type Message =
  | { readonly kind: 'call'; readonly id: string; readonly token: string; readonly args: Packed }
  | { readonly kind: 'returned' | 'settled'; readonly token: string; readonly ok: boolean; readonly value: Packed }
  | { readonly kind: 'expose'; readonly name: string; readonly value: Packed }
  | { readonly kind: 'there' };
type Callable = (...args: unknown[]) => unknown;

/**
 * One end of the bridge. The two worlds share the DOM, so a synchronous CustomEvent carries a message, and Chromium
 * clones its detail from world to world. Functions and promises are stood in for by proxies, as in Electron.
 */
export function openPageBridge(side: 'page' | 'preload', secret: string): { expose(name: string, api: object): void } {
  const other = side === 'page' ? 'preload' : 'page';
  const functions = new Map<string, Callable>();
  const names = new WeakMap<Callable, string>();
  const returned = new Map<string, (answer: Message & { kind: 'returned' | 'settled' }) => void>();
  const exposed: Message[] = [];
  let count = 0;
  const newName = () => `${side}${++count}`;
  const send = (detail: Message) => window.dispatchEvent(new CustomEvent(secret + other, { detail }));

  const nameOf = (callable: Callable) => {
    const name = names.get(callable) ?? newName();
    names.set(callable, name);
    functions.set(name, callable);
    return name;
  };
  const settle = (token: string, promise: Promise<unknown>) =>
    promise.then(
      (value) => send({ kind: 'settled', token, ok: true, value: pack(value) }),
      (error: unknown) => send({ kind: 'settled', token, ok: false, value: pack(error) }),
    );
  const pack = (value: unknown): Packed => {
    if (typeof value === 'function') return { kind: 'function', value: nameOf(value as Callable) };
    if (value instanceof Promise) {
      const token = newName();
      void settle(token, value);
      return { kind: 'promise', value: token };
    }
    if (value instanceof Error) return { kind: 'error', value: value.message };
    if (Array.isArray(value)) return { kind: 'list', value: value.map(pack) };
    if (value !== null && typeof value === 'object')
      return { kind: 'object', value: Object.entries(value).map(([key, item]) => [key, pack(item)] as const) };
    return { kind: 'value', value };
  };
  const standInFor = (id: string): Callable => {
    const proxy: Callable = (...args) => call(id, args);
    names.set(proxy, id);
    return proxy;
  };
  const unpack = (packed: Packed): unknown => {
    if (packed.kind === 'list') return packed.value.map(unpack);
    if (packed.kind === 'object') return Object.fromEntries(packed.value.map(([key, item]) => [key, unpack(item)]));
    const value = packed.value as string;
    if (packed.kind === 'function') return functions.get(value) ?? standInFor(value);
    if (packed.kind === 'error') return new Error(value);
    if (packed.kind === 'value') return value;
    return new Promise((resolve, reject) =>
      returned.set(value, (answer) => (answer.ok ? resolve : reject)(unpack(answer.value))),
    );
  };
  const call = (id: string, args: unknown[]): unknown => {
    const token = newName();
    let answer: (Message & { kind: 'returned' | 'settled' }) | undefined;
    returned.set(token, (given) => (answer = given));
    send({ kind: 'call', id, token, args: pack(args) });
    if (!answer) throw new Error('contextBridge: the other world is gone');
    if (answer.ok) return unpack(answer.value);
    throw unpack(answer.value);
  };
  const answerCall = (id: string, args: Packed) => {
    try {
      return { ok: true, value: pack(functions.get(id)?.(...(unpack(args) as unknown[]))) };
    } catch (error) {
      return { ok: false, value: pack(error instanceof Error ? error : new Error(String(error))) };
    }
  };
  const freeze = (value: unknown): unknown => {
    if (value !== null && typeof value === 'object') Object.values(value).forEach(freeze);
    return Object.freeze(value);
  };

  window.addEventListener(secret + side, (event) => {
    const message = (event as CustomEvent<Message>).detail;
    if (message.kind === 'call')
      send({ kind: 'returned', token: message.token, ...answerCall(message.id, message.args) });
    else if (message.kind === 'there') exposed.forEach(send);
    else if (message.kind === 'expose')
      Object.defineProperty(window, message.name, { value: freeze(unpack(message.value)), enumerable: true });
    else {
      returned.get(message.token)?.(message);
      returned.delete(message.token);
    }
  });
  // Whichever world's script runs second finds the other already listening.
  if (side === 'page') send({ kind: 'there' });
  return {
    expose(name, api) {
      const message: Message = { kind: 'expose', name, value: pack(api) };
      exposed.push(message);
      send(message);
    },
  };
}
