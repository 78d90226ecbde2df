/** The system's store: what is told about the samples outlives the refreshes that the samples cause. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PacsError } from '#shared/errors.ts';
import type { Statistics, SystemInfo } from '#shared/model.ts';
import { createSystemStore } from '#window/state/system-store.ts';
import { fakeBridge } from './fake-bridge.ts';

const settle = () => vi.advanceTimersByTimeAsync(1500);

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

function store() {
  const disk = { isFull: true };
  const bridge = fakeBridge({
    'system.info': () => ({ name: 'Chairside' }) as SystemInfo,
    'system.statistics': () => ({ refused: 0 }) as Statistics,
    'samples.add': () => {
      if (disk.isFull) throw new PacsError('storage-full', 'The disk is full.');
      return { added: 4 };
    },
  });
  return { ...createSystemStore(bridge), disk };
}

describe('the system store', () => {
  it('keeps why the samples did not come through refreshes, until they are asked for again', async () => {
    const { getState, disk } = store();
    await getState().addSamples();
    getState().refresh();
    await settle();
    expect(getState()).toMatchObject({ samplesError: { code: 'storage-full' }, samples: undefined, error: undefined });
    disk.isFull = false;
    await getState().addSamples();
    expect(getState().samplesError).toBeUndefined();
  });

  it('puts it away when a person does', async () => {
    const { getState } = store();
    await getState().addSamples();
    getState().dismissSamplesError();
    expect(getState().samplesError).toBeUndefined();
  });
});
