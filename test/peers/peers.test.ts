/** Whom we know and what they may do, by DicomModalities, the nodes that people added, and the rest of the settings. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '#shared/model.ts';
import { plainAddress } from '#main/peers/address.ts';
import { createHostAddresses } from '#main/peers/host-addresses.ts';
import { node, openRoom, peersOf, testFolder } from './support.ts';

const may = async (values: Record<string, unknown>, aet: string, address: string, operation: Operation) => {
  const verdict = await (await peersOf(values)).may(aet, address, operation);
  return verdict.isAllowed ? 'yes' : verdict.reason;
};

describe('A caller', () => {
  test('who is known has the rights of the settings', async () => {
    expect(await may({}, 'PANO', '10.0.0.1', 'Store')).toBe('yes');
    expect(await may({}, 'sensor', '10.0.0.1', 'Echo')).toBe('"sensor" may not verify the connection.');
    expect(await may({}, 'VIEWER', '10.0.0.1', 'Store')).toBe('"viewer" may not send images.');
  });

  test('who is unknown has the rights of unknown ones', async () => {
    expect(await may({}, 'NEW', '10.0.0.1', 'Store')).toBe('yes');
    expect(await may({ DicomAlwaysAllowStore: false }, 'NEW', '10.0.0.1', 'Store')).toBe(
      'The AE title NEW is not known here.',
    );
    expect(await may({ DicomAlwaysAllowStore: false }, 'NEW', '10.0.0.1', 'Echo')).toBe('yes');
    expect(await may({ DicomAlwaysAllowStore: false }, 'PANO', '10.0.0.1', 'Store')).toBe('yes');
  });

  const operations = ['Echo', 'Store', 'Find', 'FindWorklist', 'Move', 'Get', 'StorageCommitment', 'Mpps'] as const;

  test.each(operations)('who is unknown may %s by its own setting only', async (operation) => {
    const none = Object.fromEntries(operations.map((each) => [`DicomAlwaysAllow${each}`, false]));
    const only = { ...none, [`DicomAlwaysAllow${operation}`]: true };
    const isOurs = operation === 'StorageCommitment' || operation === 'Mpps';
    const peers = await peersOf(isOurs ? { ...none, Chairside: only } : only);
    for (const asked of operations)
      expect((await peers.may('NEW', '10.0.0.1', asked)).isAllowed).toBe(asked === operation);
  });

  test.each(operations)('who is known may not %s where its entry says so', async (operation) => {
    const modality = { AET: 'ONE', Host: '10.0.0.1', Port: 104, [`Allow${operation}`]: false };
    const peers = await peersOf({ DicomModalities: { one: modality }, [`DicomAlwaysAllow${operation}`]: true });
    for (const asked of operations)
      expect((await peers.may('ONE', '10.0.0.1', asked)).isAllowed).toBe(asked !== operation);
  });

  test('is known by its AE title with regard to case only on demand', async () => {
    expect((await (await peersOf()).find('SENSOR ', '10.0.0.1'))?.name).toBe('sensor');
    expect(await (await peersOf({ StrictAetComparison: true })).find('SENSOR', '10.0.0.1')).toBeUndefined();
  });

  test('must come from its address on demand: number, name, IPv4 in IPv6', async () => {
    const checked = { DicomCheckModalityHost: true };
    expect(await may(checked, 'PANO', '::ffff:192.168.1.20', 'Store')).toBe('yes');
    expect(await may(checked, 'PANO', '192.168.1.21', 'Store')).toBe(
      'The AE title PANO is known, but not from the address 192.168.1.21.',
    );
    expect(await may(checked, 'SENSOR', '192.168.1.30', 'Store')).toBe('yes');
    expect(await may(checked, 'SENSOR', 'fe80::1%eth0', 'Store')).toBe('yes');
    expect(await may(checked, 'VIEWER', '0:0:0:0:0:0:0:1', 'Echo')).toBe('yes');
    expect(await may(checked, 'NEW', '10.0.0.1', 'Store')).toBe('yes');
  });

  test('whose AE title several nodes have is told apart by the address', async () => {
    const twins = {
      left: ['TWIN', '10.0.0.1', 104],
      right: { AET: 'TWIN', Host: '10.0.0.2', Port: 104, AllowStore: false },
    };
    expect((await (await peersOf({ DicomModalities: twins })).find('TWIN', '10.0.0.2'))?.name).toBe('right');
    expect((await (await peersOf({ DicomModalities: twins })).find('TWIN', '10.0.0.9'))?.name).toBe('left');
    expect(await may({ DicomModalities: twins }, 'TWIN', '10.0.0.2', 'Store')).toBe('"right" may not send images.');
  });
});

describe('A node that was added', () => {
  test('is known at once, and after a restart', async () => {
    const folder = await testFolder();
    const before = await openRoom({}, folder);
    await before.peers.save('cart', node('CART', '10.1.1.1', { AllowFind: false, Timeout: 5 }));
    expect(before.peers.titled('cart')).toMatchObject({ name: 'cart', Port: 11_112 });
    expect((await before.peers.may('CART', '10.9.9.9', 'Find')).isAllowed).toBe(false);
    await before.close();
    const after = await openRoom({}, folder);
    expect(after.peers.get('cart')).toMatchObject({ AET: 'CART', AllowFind: false, AllowGet: true, Timeout: 5 });
    expect(after.peers.list().map(({ name }) => name)).toEqual(['pano', 'sensor', 'viewer', 'cart']);
    await after.close();
  });

  test('is changed, renamed with all that was seen of it, and removed', async () => {
    const folder = await testFolder();
    const { peers, close } = await openRoom({}, folder);
    await peers.save('cart', node('CART'));
    peers.seen({ name: 'cart' }, { sent: 3 });
    await peers.save('cart', node('CART2'));
    await peers.save('room 2', node('CART2'), 'cart');
    expect([peers.get('cart'), peers.get('room 2')?.AET]).toEqual([undefined, 'CART2']);
    await close();
    const after = await openRoom({}, folder);
    const [device] = (await after.peers.devices()).devices.filter(({ isFixed }) => !isFixed);
    expect(device).toMatchObject({ name: 'room 2', instancesSent: 3 });
    await after.peers.remove('room 2');
    expect(after.peers.titled('CART2')).toBeUndefined();
    await after.peers.save('room 2', node('CART2'));
    expect((await after.peers.devices()).devices.at(-1)).toMatchObject({ name: 'room 2', instancesSent: 0 });
    await after.close();
  });

  test('takes nobody’s name, and those of the configuration file stay', async () => {
    const peers = await peersOf();
    await peers.save('a', node('A'));
    await peers.save('b', node('B'));
    await expect(peers.save('a', node('B'), 'b')).rejects.toMatchObject({ code: 'bad-request' });
    await expect(peers.save('pano', node('B'))).rejects.toMatchObject({
      code: 'bad-request',
      message: '"pano" stands in the configuration file and is changed there.',
    });
    await expect(peers.save('new', node('B'), 'pano')).rejects.toMatchObject({ code: 'bad-request' });
    await expect(peers.remove('pano')).rejects.toMatchObject({ code: 'bad-request' });
    await expect(peers.remove('nobody')).rejects.toMatchObject({ code: 'not-found' });
    await expect(peers.save('c', node('B'), 'nobody')).rejects.toMatchObject({ code: 'not-found' });
    expect(peers.list()).toHaveLength(5);
  });

  test('stands back behind one of that name in the configuration file', async () => {
    const folder = await testFolder();
    const before = await openRoom({}, folder);
    await before.peers.save('cart', node('OLD'));
    await before.close();
    const after = await openRoom({ DicomModalities: { cart: ['NEW', 'h', 104] } }, folder);
    expect(after.peers.list()).toMatchObject([{ name: 'cart', AET: 'NEW' }]);
    await after.close();
  });

  test('is known until the end of the program without DicomModalitiesInDatabase, as in Orthanc', async () => {
    const folder = await testFolder();
    const before = await openRoom({ DicomModalitiesInDatabase: false }, folder);
    await before.peers.save('cart', node('CART'));
    expect(before.peers.get('cart')?.AET).toBe('CART');
    await before.close();
    const after = await openRoom({ DicomModalitiesInDatabase: false }, folder);
    expect(after.peers.get('cart')).toBeUndefined();
    await after.close();
  });

  test('that cannot be kept is not known either', async () => {
    const { peers, records, close } = await openRoom();
    const broken = await records.change({ sql: 'ALTER TABLE peers_nodes RENAME TO elsewhere' });
    expect(broken).toBeDefined();
    await expect(peers.save('cart', node('CART'))).rejects.toMatchObject({ code: 'internal' });
    expect(peers.get('cart')).toBeUndefined();
    await close();
  });
});

test('Addresses are compared in one spelling', () => {
  expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
  expect(plainAddress('::FFFF:a00:1')).toBe('10.0.0.1');
  expect(plainAddress('2001:0DB8::0001%en0')).toBe('2001:db8::1');
  expect(plainAddress('localhost')).toBe('localhost');
});

test('A name is looked up once a minute, and one that is not known has no addresses', async () => {
  let asked = 0;
  const addressesOf = createHostAddresses(async () => {
    asked++;
    throw new Error('ENOTFOUND');
  });
  expect([await addressesOf('nowhere'), await addressesOf('nowhere')]).toEqual([[], []]);
  expect(asked).toBe(1);
  expect(await createHostAddresses()('localhost')).toContain('127.0.0.1');
});
