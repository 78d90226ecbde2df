/** Counts which of many SOP instances the archive has, in portions that it takes. */

/** Which of these SOP instances the archive has. */
export type StoredInstances = (SOPInstanceUIDs: readonly string[]) => Promise<readonly string[]>;

const portion = 500;

/** How many of these SOP instances (each once) are in the archive. */
export async function countStored(uids: ReadonlySet<string>, stored: StoredInstances): Promise<number> {
  const wanted = [...uids];
  let count = 0;
  for (let at = 0; at < wanted.length; at += portion)
    count += new Set(await stored(wanted.slice(at, at + portion))).size;
  return count;
}
