/** Hands an uploaded image straight on to a node: it is not kept here. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readHeader } from '../dicom/header-reader.ts';
import { identifiers } from '../dicom/values.ts';
import type { StoredFile } from '../store/store.ts';
import type { WebDeps } from './deps.ts';
import { json, overNetwork } from './modalities-answer.ts';
import { modalityOf } from './modalities-resources.ts';
import { requestBody } from './request-body.ts';
import { route, type WebApp } from './routes.ts';

/** Adds `/modalities/{id}/store-straight`: the body is a DICOM file, the answer names it. */
export function addStraight(app: WebApp, { network, peers, settings }: WebDeps): void {
  route(app, '/modalities/:id/store-straight', {
    POST: async (c) => {
      const node = modalityOf(c, peers);
      const body = requestBody(c, settings.MaximumRequestBodySizeMB * 2 ** 20);
      return inFile(body, async (file) => {
        await overNetwork(network.nodes.sendFile(node, file));
        const { SOPClassUID, SOPInstanceUID } = file;
        return json({ SOPClassUID, SOPInstanceUID });
      });
    },
  });
}

/* A file is sent as often as it takes, and its header tells what it is; memory stays small whatever comes. */
async function inFile<T>(body: AsyncIterable<Uint8Array>, work: (file: StoredFile) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'chairside-straight-'));
  try {
    const path = join(folder, 'image.dcm');
    await pipeline(Readable.from(body, { objectMode: false }), createWriteStream(path));
    const header = await readHeader(path);
    const { size } = await stat(path);
    const { TransferSyntaxUID } = header;
    return await work({ ...identifiers(header), path, size, TransferSyntaxUID, NumberOfFrames: 0 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
