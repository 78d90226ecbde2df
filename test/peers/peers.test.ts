/** Whom we know and what they may do, by DicomModalities and the rest of the settings. */
import { describe, expect, test } from 'vitest';
import { settingsSchema } from '#shared/settings.ts';
import { plainAddress } from '#main/peers/address.ts';
import { createHostAddresses } from '#main/peers/host-addresses.ts';
import { openPeers, type Operation } from '#main/peers/peers.ts';

const DicomModalities = {
  pano: ['PANO', '192.168.1.20', 104],
  sensor: { AET: 'Sensor', Host: 'sensor.clinic', Port: 104, AllowStore: true, AllowEcho: false },
  viewer: { AET: 'VIEWER', Host: '::1', Port: 104, AllowStore: false },
};

const peersOf = (values: Record<string, unknown> = {}) =>
  openPeers(settingsSchema.parse({ DicomModalities, ...values }), (host) =>
    createHostAddresses(async (name) => (name === 'sensor.clinic' ? ['192.168.1.30', 'fe80::1'] : []))(host),
  );
const may = async (values: Record<string, unknown>, aet: string, address: string, operation: Operation) => {
  const verdict = await peersOf(values).may(aet, address, operation);
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

  test('is known by its AE title with regard to case only on demand', async () => {
    expect((await peersOf().find('SENSOR ', '10.0.0.1'))?.name).toBe('sensor');
    expect(await peersOf({ StrictAetComparison: true }).find('SENSOR', '10.0.0.1')).toBeUndefined();
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
    expect((await peersOf({ DicomModalities: twins }).find('TWIN', '10.0.0.2'))?.name).toBe('right');
    expect((await peersOf({ DicomModalities: twins }).find('TWIN', '10.0.0.9'))?.name).toBe('left');
    expect(await may({ DicomModalities: twins }, 'TWIN', '10.0.0.2', 'Store')).toBe('"right" may not send images.');
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
