/** C-STORE: sends kept images to another node, many over one association (PS3.4 B, PS3.7 9.1.1). */
import type { Modality } from '#shared/model.ts';
import type { StoredFile } from '../../store/store.ts';
import type { ClientContext } from './client-context.ts';
import { ImageSender, type SendResult, type StoreOptions } from './image-sender.ts';
import { storeBatches } from './store-contexts.ts';

export type { SendResult, StoreOptions } from './image-sender.ts';

/**
 * Sends images in their order, untouched where the node takes their transfer syntax. What a single image suffers is its result;
 * the rest goes on, on a new association where that one broke off. @throws PacsError what ends all: `busy` also where the node is
 * out of resources, `forbidden`, `aborted`; images without a result are not sent, failed ones with these codes may be later
 */
export async function store(
  node: Modality,
  files: readonly StoredFile[],
  context: ClientContext,
  options: StoreOptions = {},
): Promise<readonly SendResult[]> {
  const sender = new ImageSender(node, context, options);
  for (const batch of storeBatches(files, sender.alternatives)) await sender.sendBatch(batch);
  return sender.results;
}
