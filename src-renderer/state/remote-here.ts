/** Which studies of another node are in our archive already. */
import type { WindowBridge } from '../bridge/window-bridge.ts';

/** Images that we have, by StudyInstanceUID; a study that is not here has no entry. */
export type HereByStudy = ReadonlyMap<string, number>;

/** The longest filter that the archive takes, and so the UIDs that are asked for at once. */
const longestFilter = 6500;

/** UID lists (PS3.4 C.2.2.2.2) that are short enough. */
function uidLists(uids: readonly string[]): readonly string[] {
  const lists: string[] = [];
  for (const uid of uids) {
    const last = lists.at(-1);
    if (last !== undefined && last.length + 1 + uid.length <= longestFilter)
      lists[lists.length - 1] = `${last}\\${uid}`;
    else lists.push(uid);
  }
  return lists;
}

/** Asks the archive for these studies, some at a time, and tells what it has of them as it comes; ends early when `isWanted` says no. */
export async function findHere(
  bridge: WindowBridge,
  uids: readonly string[],
  isWanted: () => boolean,
  tell: (here: HereByStudy) => void,
): Promise<void> {
  const here = new Map<string, number>();
  for (const StudyInstanceUID of uidLists(uids)) {
    if (!isWanted()) return;
    const { rows } = await bridge.call('studies.list', { filters: { StudyInstanceUID }, limit: 1000 });
    for (const row of rows) {
      const uid = row.StudyInstanceUID ?? '';
      here.set(uid, (here.get(uid) ?? 0) + Number(row.NumberOfStudyRelatedInstances ?? 0));
    }
    if (isWanted()) tell(new Map(here));
  }
}
