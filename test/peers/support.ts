/** Opens the room of the known nodes over real records. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { modalitySchema, settingsSchema } from '#shared/settings.ts';
import { createHostAddresses } from '#main/peers/host-addresses.ts';
import { openPeers, type Peers } from '#main/peers/peers.ts';
import { peersSchema } from '#main/peers/schema.ts';
import { openRecords } from '#main/records/open-records.ts';
import type { Records } from '#main/records/records.ts';

/** The nodes of the tests' configuration file. */
const DicomModalities = {
  pano: ['PANO', '192.168.1.20', 104],
  sensor: { AET: 'Sensor', Host: 'sensor.clinic', Port: 104, AllowStore: true, AllowEcho: false },
  viewer: { AET: 'VIEWER', Host: '::1', Port: 104, AllowStore: false },
};

/** A node as the window saves it. */
export const node = (AET: string, Host = '10.1.1.1', more: object = {}) =>
  modalitySchema.parse({ AET, Host, Port: 11_112, ...more });

/** A folder that is removed with the test. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chairside-peers-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Records in a folder, and the transactions that were written to them. */
async function testRecords(folder: string): Promise<Records & { readonly written: number[] }> {
  const records = await openRecords(folder, [peersSchema]);
  const written: number[] = [];
  return {
    ...records,
    written,
    change: (...statements) => {
      written.push(performance.now());
      return records.change(...statements);
    },
  };
}

/** An open room. */
export interface OpenRoom {
  readonly peers: Peers;
  readonly records: Awaited<ReturnType<typeof testRecords>>;
  /** Closes the room and its records. */
  close(): Promise<void>;
}

/** Opens the room with these settings over a folder; close it. */
export async function openRoom(values: Record<string, unknown> = {}, folder?: string): Promise<OpenRoom> {
  const records = await testRecords(folder ?? (await testFolder()));
  const resolver = createHostAddresses(async (name) => (name === 'sensor.clinic' ? ['192.168.1.30', 'fe80::1'] : []));
  const peers = await openPeers(settingsSchema.parse({ DicomModalities, ...values }), records, resolver);
  return {
    peers,
    records,
    close: async () => {
      await peers.close();
      await records.close();
    },
  };
}

/** As openRoom, closed with the test. */
export async function peersOf(values: Record<string, unknown> = {}): Promise<Peers> {
  const room = await openRoom(values);
  onTestFinished(() => room.close());
  return room.peers;
}
