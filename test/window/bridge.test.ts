/** The bridge inside the desktop app, and the token of a browser's tab. */
import { describe, expect, it } from 'vitest';
import { openIpcBridge } from '#window/bridge/ipc-bridge.ts';
import type { WindowPacs } from '#window/bridge/ipc-bridge.ts';
import { takeToken } from '#window/bridge/token.ts';

const endpoint = { url: 'http://127.0.0.1:4711', token: 'a/b+c' };

function preload(answers: Readonly<Record<string, unknown>>) {
  const asked: unknown[] = [];
  const listeners = new Map<string, (event: unknown) => void>();
  const pacs: WindowPacs = {
    call: async (name, input) => {
      asked.push([name, input]);
      return answers[name];
    },
    on: (name, listener) => {
      listeners.set(name, listener);
      return () => void listeners.delete(name);
    },
  };
  return { pacs, asked, listeners };
}

describe('the bridge over IPC', () => {
  it('unpacks values and hands inputs on', async () => {
    const { pacs, asked } = preload({ 'shell.endpoint': { value: endpoint }, 'series.list': { value: [] } });
    const bridge = await openIpcBridge(pacs);
    expect(await bridge.call('series.list', { StudyInstanceUID: '1.2' })).toEqual([]);
    expect(asked).toEqual([
      ['shell.endpoint', undefined],
      ['series.list', { StudyInstanceUID: '1.2' }],
    ]);
  });

  it('throws errors with their code', async () => {
    const error = { code: 'not-found', message: 'The study is not here.' };
    const { pacs } = preload({ 'shell.endpoint': { value: endpoint }, 'series.list': { error } });
    const bridge = await openIpcBridge(pacs);
    await expect(bridge.call('series.list', { StudyInstanceUID: '1.2' })).rejects.toMatchObject(error);
  });

  it('listens and stops listening', async () => {
    const { pacs, listeners } = preload({ 'shell.endpoint': { value: endpoint } });
    const bridge = await openIpcBridge(pacs);
    const heard: unknown[] = [];
    const stop = bridge.on('samples.progress', (event) => heard.push(event));
    listeners.get('samples.progress')?.({ done: 1, total: 4 });
    stop();
    expect(heard).toEqual([{ done: 1, total: 4 }]);
    expect(listeners.size).toBe(0);
  });

  it('adds the token to addresses, with or without a query', async () => {
    const bridge = await openIpcBridge(preload({ 'shell.endpoint': { value: endpoint } }).pacs);
    expect(bridge.url('/window/import?name=a%26b')).toBe(
      'http://127.0.0.1:4711/window/import?name=a%26b&token=a%2Fb%2Bc',
    );
  });
});

describe('the token', () => {
  function tab(hash: string, kept = new Map<string, string>()) {
    let address = `/${hash}`;
    const sessionStorage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    };
    const history = { replaceState: (_state: unknown, _title: string, to: string) => (address = to) };
    return {
      window: { location: { hash, pathname: '/', search: '' }, history, sessionStorage } as unknown as Window,
      kept,
      address: () => address,
    };
  }
  it('is taken out of the address and kept for the tab', () => {
    const first = tab('#token=secret');
    expect(takeToken(first.window)).toBe('secret');
    expect(first.address()).toBe('/');
    expect(takeToken(tab('', first.kept).window)).toBe('secret');
  });
  it('may be missing', () => expect(takeToken(tab('').window)).toBeUndefined());
});
