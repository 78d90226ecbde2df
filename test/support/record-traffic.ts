/** A proxy that records a TCP conversation as a capture file, so that Wireshark can judge it without the right to sniff. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A running recorder. */
export interface Recorder {
  /** Clients come here and reach the server behind it. */
  readonly port: number;
  /** Ends all connections and writes what was heard as a capture file of raw IPv4 packets. */
  save(path: string): Promise<void>;
}

/* The capture says that clients have this address and the server that one and the DICOM port. */
const [clientAddress, serverAddress] = [Buffer.from([10, 0, 0, 1]), Buffer.from([10, 0, 0, 2])];
const serverPort = 104;
/* A packet of IPv4 holds at most 65535 bytes. */
const longestPayload = 32_768;

/** Starts a recorder before a port of this computer. */
export async function recordTraffic(target: number): Promise<Recorder> {
  const packets: Buffer[] = [];
  const sockets = new Set<Socket>();
  let nextPort = 40_000;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const record = createConversation(nextPort++, packets);
    for (const [from, to, isClient] of [
      [client, upstream, true],
      [upstream, client, false],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes: Buffer) => {
        record(isClient, bytes);
        to.write(bytes);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    save: async (path) => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await writeFile(path, Buffer.concat([fileHeader(), ...packets]));
    },
  };
}

/** Records one connection: a handshake, then what each side says, with the sequence numbers that belong to it. */
function createConversation(clientPort: number, packets: Buffer[]): (isClient: boolean, bytes: Buffer) => void {
  const sequence = { client: 1000, server: 5000 };
  const add = (isClient: boolean, flags: number, payload: Buffer): void => {
    const [own, other] = isClient ? (['client', 'server'] as const) : (['server', 'client'] as const);
    const ports = isClient ? [clientPort, serverPort] : [serverPort, clientPort];
    packets.push(packet(isClient, ports as [number, number], [sequence[own], sequence[other]], flags, payload));
    sequence[own] += payload.length + (flags & 2 ? 1 : 0);
  };
  const none = Buffer.alloc(0);
  add(true, 0x02, none);
  add(false, 0x12, none);
  add(true, 0x10, none);
  return (isClient, bytes) => {
    for (let at = 0; at < bytes.length; at += longestPayload)
      add(isClient, 0x18, bytes.subarray(at, at + longestPayload));
  };
}

/* The pcap format: magic, version 2.4, no zone, no accuracy, packets of any length, link type RAW. */
function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(101, 20);
  return header;
}

function packet(
  isClient: boolean,
  [sourcePort, targetPort]: readonly [number, number],
  [sequence, acknowledged]: readonly [number, number],
  flags: number,
  payload: Buffer,
): Buffer {
  const length = 40 + payload.length;
  const head = Buffer.alloc(16 + 40);
  const now = Date.now();
  head.writeUInt32LE(Math.floor(now / 1000), 0);
  head.writeUInt32LE((now % 1000) * 1000, 4);
  head.writeUInt32LE(length, 8);
  head.writeUInt32LE(length, 12);
  const ip = head.subarray(16);
  ip[0] = 0x45;
  ip.writeUInt16BE(length, 2);
  ip[8] = 64;
  ip[9] = 6;
  ip.set(isClient ? clientAddress : serverAddress, 12);
  ip.set(isClient ? serverAddress : clientAddress, 16);
  const tcp = ip.subarray(20);
  tcp.writeUInt16BE(sourcePort, 0);
  tcp.writeUInt16BE(targetPort, 2);
  tcp.writeUInt32BE(sequence >>> 0, 4);
  tcp.writeUInt32BE(acknowledged >>> 0, 8);
  tcp[12] = 0x50;
  tcp[13] = flags;
  tcp.writeUInt16BE(0xffff, 14);
  return Buffer.concat([head, payload]);
}
