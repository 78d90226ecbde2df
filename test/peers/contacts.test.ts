/** What is seen of the nodes: last contact, last error, counts, unknown callers, and how often it is written and told. */
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createUnknownCallers } from '#main/peers/unknown-callers.ts';
import { node, openRoom, peersOf, testFolder } from './support.ts';

describe('A known node', () => {
  test('has its last contact, last error and counts, also after a restart', async () => {
    const folder = await testFolder();
    const { peers, close } = await openRoom({}, folder);
    peers.seen({ callingAET: 'PANO', remoteAddress: '10.0.0.1' }, { received: 2 });
    peers.seen({ callingAET: 'pano ', remoteAddress: '10.0.0.2' }, { received: 3 });
    peers.seen({ name: 'pano' }, { sent: 4 });
    const [pano, sensor] = (await peers.devices()).devices;
    expect(pano).toMatchObject({ name: 'pano', isFixed: true, instancesReceived: 5, instancesSent: 4 });
    expect(Date.parse(pano?.lastContact ?? '')).toBeGreaterThan(Date.now() - 5000);
    expect(sensor).toMatchObject({ instancesReceived: 0, instancesSent: 0 });
    expect([pano?.lastError, sensor?.lastContact]).toEqual([undefined, undefined]);
    await close();
    const after = await openRoom({}, folder);
    expect((await after.peers.devices()).devices[0]).toEqual(pano);
    await after.close();
  });

  test('that is not reached has an error, but no contact; one that is refused has both', async () => {
    const peers = await peersOf();
    peers.seen({ name: 'pano' }, { error: 'It does not answer.' });
    peers.refused('Sensor', '10.0.0.1', '"sensor" may not verify the connection.');
    const { devices, unknown } = await peers.devices();
    expect(devices[0]).toMatchObject({ lastError: 'It does not answer.' });
    expect(devices[0]?.lastContact).toBeUndefined();
    expect(devices[1]).toMatchObject({ lastError: '"sensor" may not verify the connection.' });
    expect(devices[1]?.lastContact).toBe(devices[1]?.lastErrorAt);
    expect(unknown).toEqual([]);
  });

  test('is nobody after its removal', async () => {
    const peers = await peersOf();
    await peers.save('cart', node('CART'));
    await peers.remove('cart');
    peers.seen({ name: 'cart' }, { sent: 1 });
    await peers.save('cart', node('CART'));
    expect((await peers.devices()).devices.at(-1)).toMatchObject({ instancesSent: 0 });
  });
});

describe('An unknown caller that was refused', () => {
  test('is listed with its count and the last reason, also after a restart', async () => {
    const folder = await testFolder();
    const { peers, close } = await openRoom({}, folder);
    for (const reason of ['one', 'two']) peers.refused('NEW', '::ffff:10.0.0.7', reason);
    const { unknown } = await peers.devices();
    expect(unknown).toMatchObject([{ callingAET: 'NEW', remoteAddress: '10.0.0.7', count: 2, reason: 'two' }]);
    await close();
    const after = await openRoom({}, folder);
    expect((await after.peers.devices()).unknown).toEqual(unknown);
    await after.close();
  });

  test('is forgotten when it is dismissed, also for good', async () => {
    const folder = await testFolder();
    const { peers, close } = await openRoom({}, folder);
    peers.refused('NEW', '10.0.0.7', 'no');
    peers.refused('NEW', '10.0.0.8', 'no');
    await peers.dismiss('NEW', '::ffff:10.0.0.7');
    expect((await peers.devices()).unknown).toMatchObject([{ remoteAddress: '10.0.0.8' }]);
    await close();
    const after = await openRoom({}, folder);
    expect((await after.peers.devices()).unknown).toHaveLength(1);
    await after.close();
  });

  test('is forgotten when it is saved as a node, and when the configuration file has it', async () => {
    const folder = await testFolder();
    const { peers, close } = await openRoom({}, folder);
    for (const aet of ['NEW', 'LATER', 'OTHER']) peers.refused(aet, '10.0.0.7', 'no');
    await peers.devices();
    await peers.save('new', node('NEW', '10.0.0.7'));
    expect((await peers.devices()).unknown.map(({ callingAET }) => callingAET)).toEqual(['OTHER', 'LATER']);
    await close();
    const after = await openRoom({ DicomModalities: { later: ['LATER', '10.0.0.7', 104] } }, folder);
    expect((await after.peers.devices()).unknown).toMatchObject([{ callingAET: 'OTHER' }]);
    await after.close();
  });

  test('from another address than the node of its title is listed where addresses are checked', async () => {
    const peers = await peersOf({ DicomCheckModalityHost: true });
    peers.refused('PANO', '10.0.0.7', 'not from there');
    const { devices, unknown } = await peers.devices();
    expect(unknown).toHaveLength(1);
    expect(devices[0]?.lastError).toBeUndefined();
    await peers.save('pano 2', node('PANO', '10.0.0.7'));
    expect((await peers.devices()).unknown).toEqual([]);
  });

  test('is one of at most 200, and of 20 from its address; the oldest go', () => {
    const callers = createUnknownCallers([]);
    const note = (callingAET: string, remoteAddress: string) =>
      callers.note({ callingAET, remoteAddress, reason: 'no' }, new Date().toISOString(), 1);
    note('QUIET', '10.0.0.1');
    for (let number = 0; number < 500; number++) note(`FLOOD${number}`, '10.0.0.2');
    expect(callers.list()).toHaveLength(21);
    expect(callers.list().map(({ callingAET }) => callingAET)).toContain('QUIET');
    for (let number = 0; number < 500; number++) note('MANY', `10.1.${number >> 8}.${number & 255}`);
    expect(callers.list()).toHaveLength(200);
    expect(callers.list()[0]).toMatchObject({ remoteAddress: '10.1.1.243' });
  });
});

describe('Many contacts', () => {
  test('are written and told at most once a second, and none is lost', async () => {
    const folder = await testFolder();
    const { peers, records, close } = await openRoom({}, folder);
    await wait(50);
    const before = records.written.length;
    const told: number[] = [];
    peers.events.on('devices.changed', () => told.push(performance.now()));
    const end = performance.now() + 2300;
    let count = 0;
    while (performance.now() < end) {
      for (let number = 0; number < 100; number++, count++)
        peers.seen({ callingAET: 'PANO', remoteAddress: '10.0.0.1' }, { received: 1 });
      await wait(5);
    }
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told.length).toBeLessThanOrEqual(4);
    for (const [index, at] of told.slice(1).entries()) expect(at - (told[index] as number)).toBeGreaterThan(900);
    expect(records.written.length - before).toBe(told.length);
    await close();
    const after = await openRoom({}, folder);
    expect((await after.peers.devices()).devices[0]?.instancesReceived).toBe(count);
    await after.close();
  });

  test('that cannot be written now are written later', async () => {
    const folder = await testFolder();
    const { peers, records, close } = await openRoom({}, folder);
    await records.change({ sql: 'ALTER TABLE peers_contacts RENAME TO elsewhere' });
    peers.seen({ name: 'pano' }, { sent: 1 });
    await wait(100);
    await records.change({ sql: 'ALTER TABLE elsewhere RENAME TO peers_contacts' });
    peers.seen({ name: 'pano' }, { sent: 1 });
    await close();
    const after = await openRoom({}, folder);
    expect((await after.peers.devices()).devices[0]?.instancesSent).toBe(2);
    await after.close();
  });

  test('of a thousand titles a second are bounded', async () => {
    const peers = await peersOf();
    for (let number = 0; number < 50_000; number++) peers.refused(`F${number}`, `10.0.${number & 255}.1`, 'no');
    const { unknown } = await peers.devices();
    expect(unknown).toHaveLength(200);
  });
});
