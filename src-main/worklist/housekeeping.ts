/** What happens to worklist items and steps with time: completed by silence, removed when done, told when images are missing. */
import type { Settings } from '#shared/settings.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import type { Log } from '../log.ts';
import type { Records } from '../records/records.ts';
import type { Arrivals } from './arrivals.ts';
import { countStored, type StoredInstances } from './count-stored.ts';
import { isDone, type Entry } from './item.ts';
import { withStatus, type ItemsStore } from './items-store.ts';
import { referencedInstances } from './step-rules.ts';

/** What is kept in order. */
export interface HousekeepingContext {
  readonly store: ItemsStore;
  readonly arrivals: Arrivals;
  readonly records: Records;
  readonly settings: Pick<Settings, 'Worklists' | 'StableAge'>;
  readonly stored: StoredInstances;
  readonly log: Log;
}

const hour = 3_600_000;
/* A device that reports a step and never its end (it was switched off) does not keep the item open for ever. */
const abandonedAfter = 12 * hour;
/* Images may come late, but not after this. */
const imagesWithin = hour / 4;
const stepsKept = 366 * 24 * hour;

/** True for a done item whose time is over; those of files stay as rows, for their files are still there. */
export const isExpired = ({ doneAt }: Entry, { Worklists }: Pick<Settings, 'Worklists'>): boolean =>
  doneAt !== null &&
  Worklists.DeleteWorklistsDelay > 0 &&
  Date.now() - Date.parse(doneAt) > Worklists.DeleteWorklistsDelay * hour;

/** Looks once at everything. */
export async function keepHouse(context: HousekeepingContext): Promise<void> {
  const { store, records, settings } = context;
  await store.inTurn(() => completeSilent(context));
  await store.inTurn(async () => {
    const over = [...store.index.all].filter((entry) => entry.source !== 'file' && isExpired(entry, settings));
    await store.remove(over.map(({ id }) => id));
  });
  await tellMissing(context);
  const before = new Date(Date.now() - stepsKept).toISOString();
  const sql = "DELETE FROM worklist_steps WHERE status <> 'IN PROGRESS' AND changedAt < ?";
  if ((await records.all('SELECT 1 FROM worklist_steps WHERE changedAt < ? LIMIT 1', [before])).length > 0)
    await records.change({ sql, values: [before] });
}

async function completeSilent({ store, arrivals, records, settings }: HousekeepingContext): Promise<void> {
  if (!settings.Worklists.DeleteWorklistsOnStableStudy) return;
  const silent = [...store.index.all].flatMap((entry) => {
    const silence = isDone(entry.status) ? undefined : arrivals.silence(entry);
    return silence === undefined || silence < settings.StableAge * 1000 ? [] : [{ entry, silence }];
  });
  if (silent.length === 0) return;
  const working = await records.all<{ item: string }>(
    "SELECT item FROM worklist_step_items JOIN worklist_steps USING (SOPInstanceUID) WHERE status = 'IN PROGRESS'",
  );
  const isWorking = new Set(working.map(({ item }) => item));
  const over = silent.filter(({ entry, silence }) => !isWorking.has(entry.id) || silence > abandonedAfter);
  if (over.length > 0) await store.write(over.map(({ entry }) => withStatus(entry, 'completed')));
}

interface EndedStep {
  readonly SOPInstanceUID: string;
  readonly callingAET: string;
  readonly dataSet: string;
}

/** Counts once, when all should have come, the images that an ended step names. */
async function tellMissing({ records, stored, log }: HousekeepingContext): Promise<void> {
  const ended = await records.all<EndedStep>(
    `SELECT SOPInstanceUID, callingAET, dataSet FROM worklist_steps
      WHERE isCounted = 0 AND status <> 'IN PROGRESS' AND changedAt < ? LIMIT 100`,
    [new Date(Date.now() - imagesWithin).toISOString()],
  );
  for (const { SOPInstanceUID, callingAET, dataSet } of ended) {
    const named = referencedInstances(JSON.parse(dataSet) as DicomJson);
    const missing = named.size - (await countStored(named, stored));
    if (missing > 0)
      log('warn', `${callingAET} reported an examination of ${named.size} images; ${missing} of them have not come.`);
    await records.change({
      sql: 'UPDATE worklist_steps SET isCounted = 1 WHERE SOPInstanceUID = ?',
      values: [SOPInstanceUID],
    });
  }
}
