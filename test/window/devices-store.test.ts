/** The store of the devices: lists that follow, saving, and tests of connections. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PacsError } from '#shared/errors.ts';
import type { Device, UnknownCaller } from '#shared/model.ts';
import { createDevicesStore } from '#window/state/devices-store.ts';
import { faultsOfDevice, fieldsOfCaller, fieldsOfDevice, modalityOf, newDevice } from '#window/state/device-fields.ts';
import { madeDevice } from '../app/support/made-clinic.ts';
import { fakeBridge } from './fake-bridge.ts';
import type { FakeBridge } from './fake-bridge.ts';

const caller: UnknownCaller = {
  callingAET: 'NEW/ONE',
  remoteAddress: '10.0.0.7',
  count: 2,
  lastAt: '2026-11-21T09:00:00Z',
  reason: 'Unknown.',
};

let known: Device[];
let unknown: UnknownCaller[];
let bridge: FakeBridge;
const settle = () => vi.advanceTimersByTimeAsync(1200);

beforeEach(() => {
  vi.useFakeTimers();
  known = [madeDevice({ name: 'Zeta', AET: 'Z', Host: 'z' }), madeDevice({ name: 'Alpha', AET: 'A', Host: 'a' })];
  unknown = [caller, { ...caller, callingAET: 'LATER', lastAt: '2026-11-21T10:00:00Z' }];
  bridge = fakeBridge({
    'devices.list': () => ({ devices: known, unknown }),
    'devices.save': ({ name, modality }) => {
      if (modality.Host === 'bad') throw new PacsError('bad-request', 'No.');
      known = [...known, madeDevice({ name, AET: modality.AET, Host: modality.Host })];
      return undefined;
    },
    'devices.echo': (input) => {
      if ('modality' in input || input.name === 'Zeta') throw new PacsError('busy', 'Nothing answers.');
      return { milliseconds: 7 };
    },
  });
  return () => vi.useRealTimers();
});

describe('the devices store', () => {
  it('lists by name, latest unknown caller first, and asks again when told', async () => {
    const { getState } = createDevicesStore(bridge);
    await settle();
    expect(getState().devices?.map(({ name }) => name)).toEqual(['Alpha', 'Zeta']);
    expect(getState().unknown.map(({ callingAET }) => callingAET)).toEqual(['LATER', 'NEW/ONE']);
    unknown = [];
    bridge.tell('devices.changed', {});
    await settle();
    expect(getState().unknown).toEqual([]);
  });

  it('answers a saved device with the new list and its choice, a refused one with why', async () => {
    const { getState } = createDevicesStore(bridge);
    await settle();
    const modality = modalityOf({ ...newDevice, AET: 'P', Host: 'p' });
    expect(await getState().save({ name: 'Pano', modality })).toBeUndefined();
    expect(getState()).toMatchObject({ chosen: 'Pano' });
    expect(getState().devices?.length).toBe(3);
    expect(await getState().save({ name: 'Bad', modality: { ...modality, Host: 'bad' } })).toMatchObject({
      code: 'bad-request',
    });
    expect(getState().devices?.length).toBe(3);
  });

  it('keeps the outcome of each test, and forgets it when the device is changed', async () => {
    const { getState } = createDevicesStore(bridge);
    await settle();
    await Promise.all([getState().test('Alpha'), getState().test('Zeta')]);
    expect(getState().tests.get('Alpha')).toEqual({ kind: 'answered', milliseconds: 7 });
    expect(getState().tests.get('Zeta')).toMatchObject({ kind: 'failed', error: { message: 'Nothing answers.' } });
    const modality = modalityOf({ ...newDevice, AET: 'Z', Host: 'z2' });
    expect(await getState().tryOut(modality)).toMatchObject({ kind: 'failed' });
    await getState().save({ name: 'Zeta', formerName: 'Zeta', modality });
    expect([...getState().tests.keys()]).toEqual(['Alpha']);
  });

  it('keeps its list when a refresh fails', async () => {
    let isDown = false;
    const shaky = fakeBridge({
      'devices.list': () => {
        if (isDown) throw new PacsError('aborted', 'gone');
        return { devices: known, unknown };
      },
    });
    const { getState } = createDevicesStore(shaky);
    await settle();
    isDown = true;
    getState().refresh();
    await settle();
    expect(getState()).toMatchObject({ error: { code: 'aborted' }, devices: [{ name: 'Alpha' }, { name: 'Zeta' }] });
    isDown = false;
    shaky.connect('connected');
    await settle();
    expect(getState().error).toBeUndefined();
  });
});

describe('the fields of a device', () => {
  it('begin with what a refused caller told, and the usual port', () => {
    expect(fieldsOfCaller(caller)).toMatchObject({ name: 'NEW ONE', AET: 'NEW/ONE', Host: '10.0.0.7', Port: '104' });
    expect(faultsOfDevice(fieldsOfCaller(caller), []).size).toBe(0);
  });

  it('come back as they were', () => {
    const device = madeDevice({
      name: 'X',
      AET: 'X',
      Host: 'x',
      Port: 11_112,
      LocalAet: 'US',
      Timeout: 20,
      AllowFind: false,
    });
    const { name: _name, isFixed: _fixed, instancesReceived: _in, instancesSent: _out, ...modality } = device;
    expect(modalityOf(fieldsOfDevice(device))).toEqual(modality);
  });

  it.each([
    [{ name: ' ' }, 'name'],
    [{ name: 'a/b' }, 'name'],
    [{ name: 'Taken' }, 'nameTaken'],
    [{ AET: '' }, 'AET'],
    [{ AET: ' ' }, 'AET'],
    [{ AET: 'TOO_LONG_FOR_A_TITLE' }, 'AET'],
    [{ AET: 'RÖNTGEN' }, 'AET'],
    [{ LocalAet: 'A\\B' }, 'LocalAet'],
    [{ Host: '' }, 'Host'],
    [{ Port: '0' }, 'Port'],
    [{ Port: '65536' }, 'Port'],
    [{ Port: '104x' }, 'Port'],
    [{ Timeout: '-1' }, 'Timeout'],
  ])('%j: wrong is %s', (change, fault) => {
    const fields = { ...newDevice, name: 'Name', AET: 'TITLE', Host: 'host', ...change };
    expect([...faultsOfDevice(fields, ['Taken'])]).toEqual([fault]);
  });
});
