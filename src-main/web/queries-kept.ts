/** The answers of other nodes to queries over REST, kept in memory as Orthanc does: the latest hundred. */
import { randomUUID } from 'node:crypto';
import type { Level } from '#shared/attributes.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import type { CallDetails } from '../network-jobs/network-deps.ts';

/** A query and its answers. */
export interface KeptQuery {
  /** Name of the node. */
  readonly name: string;
  readonly level: Level;
  readonly identifier: DicomJson;
  readonly answers: readonly DicomJson[];
  /** How the node was called; what follows calls it so too. */
  readonly call: CallDetails;
}

/** The kept queries. */
export interface KeptQueries {
  /** The id of the new one. */
  add(query: KeptQuery): string;
  get(id: string): KeptQuery | undefined;
  delete(id: string): void;
  ids(): readonly string[];
}

/* Orthanc's QueryRetrieveSize; answers are bounded for each query by the client. */
const maximumQueries = 100;

/** An empty memory; the oldest query is forgotten for the newest. */
export function createKeptQueries(maximum = maximumQueries): KeptQueries {
  const kept = new Map<string, KeptQuery>();
  return {
    add: (query) => {
      const id = randomUUID();
      kept.set(id, query);
      for (const oldest of kept.keys()) {
        if (kept.size <= maximum) break;
        kept.delete(oldest);
      }
      return id;
    },
    get: (id) => kept.get(id),
    delete: (id) => void kept.delete(id),
    ids: () => [...kept.keys()],
  };
}
