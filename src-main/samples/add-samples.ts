/** Puts the sample studies into an archive through its one entrance. */
import type { Receipt } from '#shared/model.ts';
import { sampleCount, streamSamples } from './stream-samples.ts';

/** The part of the archive that is needed here. */
interface Entrance {
  receive(stream: AsyncIterable<Uint8Array>, origin: { kind: 'import'; path: string }): Promise<Receipt>;
}

/** Adds the samples; those that are there already stay as they are. */
export async function addSamples(
  store: Entrance,
  tell: (progress: { done: number; total: number }) => void = () => undefined,
): Promise<{ added: number }> {
  let [done, added] = [0, 0];
  const total = sampleCount();
  for await (const { name, bytes } of streamSamples()) {
    const { status } = await store.receive(once(bytes), { kind: 'import', path: `samples/${name}` });
    if (status === 'Success') added++;
    tell({ done: ++done, total });
  }
  return { added };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
