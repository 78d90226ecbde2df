/** Opens the worklist room: its tables, its index, the folder of .wl files, and what happens with time. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { WorklistItem } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import type { Log } from '../log.ts';
import type { Records } from '../records/records.ts';
import { followArrivals } from './arrivals.ts';
import { checkItem } from './check-item.ts';
import type { StoredInstances } from './count-stored.ts';
import { fieldsDataSet } from './fields-data-set.ts';
import { findSteps } from './find-steps.ts';
import { isExpired, keepHouse } from './housekeeping.ts';
import { itemOf } from './item.ts';
import { ItemsStore, withStatus } from './items-store.ts';
import { listItems } from './list-items.ts';
import { withIdentifiers, type MakeOptions } from './made-identifiers.ts';
import { openSteps } from './steps.ts';
import { tags } from './tags.ts';
import { fileListener } from './take-files.ts';
import { watchWorklistFolder, type FolderTimes, type WorklistFolder } from './worklist-folder.ts';
import type { Worklist } from './worklist.ts';

/** What a worklist is opened with. */
export interface WorklistOptions {
  /** Opened with `worklistSchema`. */
  readonly records: Records;
  readonly settings: Pick<Settings, 'Worklists' | 'StableAge' | 'CaseSensitivePN' | 'StrictAetComparison'>;
  readonly log: Log;
  /** Looks into the archive. */
  readonly stored: StoredInstances;
  /** How soon a changed folder is looked at. */
  readonly folderTimes?: FolderTimes;
}

const utf8: DicomJson = { [tags.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] } };

/** Opens the worklist; the files of its folder are taken in while it works already. */
export async function openWorklist({
  records,
  settings,
  log,
  stored,
  folderTimes,
}: WorklistOptions): Promise<Worklist> {
  const { Worklists } = settings;
  const store = new ItemsStore(records, log);
  await store.load();
  const failed = (error: unknown) => log('error', 'The worklist could not be written; it is tried again.', error);
  const arrivals = followArrivals(store, failed);
  const make: MakeOptions = {
    SetStudyInstanceUidIfMissing: Worklists.SetStudyInstanceUidIfMissing,
    isTaken: (number) => store.index.with('AccessionNumber', number).length > 0,
  };
  const folder = await openFolder(settings, store, make, log, folderTimes);
  const context = { store, arrivals, records, settings, stored, log };
  const everyMilliseconds = Math.max(1, Worklists.HousekeepingInterval) * 1000;
  const housekeeping = setInterval(() => void keepHouse(context).catch(failed), everyMilliseconds).unref();

  /** Creates an item, or changes the one of that id, from what it was before. */
  const put = (source: WorklistItem['source'], id: string | undefined, change: (former: DicomJson) => DicomJson) =>
    store.inTurn(async () => {
      const former = id === undefined ? undefined : store.editable(id);
      const dataSet = withIdentifiers(change(former?.dataSet ?? {}), former?.dataSet ?? {}, make);
      const changedAt = new Date().toISOString();
      const made = {
        id: randomUUID(),
        source,
        status: 'scheduled',
        file: null,
        stamp: null,
        createdAt: changedAt,
      } as const;
      const entry = { ...made, doneAt: null, imageAt: null, ...former, dataSet, changedAt };
      await store.write([entry]);
      return entry.id;
    });

  return {
    events: store.events,
    list: async (filter) => {
      const shown = [...store.index.all].filter((entry) => !isExpired(entry, settings));
      return listItems(shown.map(itemOf), filter);
    },
    get: async (id) => {
      const entry = store.index.get(id);
      return entry && { item: itemOf(entry), dataSet: entry.dataSet };
    },
    save: (fields, id) => put('window', id, (former) => fieldsDataSet(fields, former)),
    saveDataSet: async (dataSet, { id, force = false }) => {
      checkItem(dataSet, force);
      return put('rest', id, () => ({ ...dataSet, ...utf8 }));
    },
    setStatus: (id, status) =>
      store.inTurn(async () => {
        const entry = store.known(id);
        await store.write([withStatus(entry, status)]);
      }),
    remove: (id) => store.inTurn(() => store.remove([store.editable(id).id])),
    find: (identifier, callingAET, how = {}) =>
      findSteps(store.index, identifier, callingAET, { ...Worklists, ...settings, ...how }),
    steps: openSteps({
      records,
      index: store.index,
      inTurn: (work) => store.inTurn(work),
      write: (entries, ...before) => store.write(entries, ...before),
      withStatus,
      stored,
    }),
    arrived: (instance) => arrivals.arrived(instance),
    close: async () => {
      clearInterval(housekeeping);
      await folder?.close();
      await store.close();
    },
  };
}

/** The watched folder, if there is one; else the items of a former one are removed. */
async function openFolder(
  { Worklists }: WorklistOptions['settings'],
  store: ItemsStore,
  make: MakeOptions,
  log: Log,
  times: FolderTimes | undefined,
): Promise<WorklistFolder | undefined> {
  const path = Worklists.Directory ?? Worklists.Database;
  if (!Worklists.Enable || path === undefined || path === '') {
    await store.remove([...store.index.files.values()].map(({ id }) => id));
    return undefined;
  }
  const folder = watchWorklistFolder(resolve(path), fileListener(store, make, log), times);
  void folder.scan();
  return folder;
}
