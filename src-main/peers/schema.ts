/** The tables of the room of the known DICOM nodes. */
import type { RecordsSchema } from '../records/records.ts';

/** Nodes that people added (the node as JSON), what was seen of each node, and unknown callers that were refused. */
export const peersSchema: RecordsSchema = {
  room: 'peers',
  steps: [
    `CREATE TABLE peers_nodes (name TEXT PRIMARY KEY, node TEXT NOT NULL);
     CREATE TABLE peers_contacts (name TEXT PRIMARY KEY, lastContact TEXT, lastError TEXT, lastErrorAt TEXT,
       instancesReceived INTEGER NOT NULL, instancesSent INTEGER NOT NULL);
     CREATE TABLE peers_unknown (callingAET TEXT NOT NULL, remoteAddress TEXT NOT NULL, count INTEGER NOT NULL,
       lastAt TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (callingAET, remoteAddress));`,
  ],
};
