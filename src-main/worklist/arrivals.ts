/** Images that come in and the worklist items they belong to: the first puts an item in progress, silence completes it. */
import { items, text } from '../dicom/data-set-values.ts';
import { isDone, itemOf, type Entry } from './item.ts';
import { withStatus, type ItemsStore } from './items-store.ts';
import { tags } from './tags.ts';
import type { ArrivedInstance } from './worklist.ts';

/** The images of open items. */
export interface Arrivals {
  arrived(instance: ArrivedInstance): void;
  /** Milliseconds since the last image of an item; undefined where none came. What came before the start counts from the start. */
  silence(entry: Entry): number | undefined;
}

const remembered = 1000;

/** Follows the images; `failed` is told where an item could not be written. */
export function followArrivals(store: ItemsStore, failed: (error: unknown) => void): Arrivals {
  const startedAt = Date.now();
  const lastAt = new Map<string, number>();
  const beginning = new Set<string>();

  const begin = (id: string): Promise<void> =>
    store.inTurn(async () => {
      const entry = store.index.get(id);
      if (entry && !isDone(entry.status))
        await store.write([{ ...withStatus(entry, 'in progress'), imageAt: Date.now() }]);
    });

  const forgetDone = (): void => {
    for (const id of lastAt.keys()) if (isDone(store.index.get(id)?.status ?? 'completed')) lastAt.delete(id);
  };

  return {
    arrived: (instance) => {
      const entry = openItemOf(instance, store);
      if (!entry) return;
      const { id, imageAt } = entry;
      lastAt.set(id, Date.now());
      if (imageAt !== null || beginning.has(id)) return;
      if (lastAt.size > remembered) forgetDone();
      beginning.add(id);
      begin(id)
        .catch(failed)
        .finally(() => beginning.delete(id));
    },
    silence: ({ id, imageAt }) =>
      imageAt === null ? undefined : Date.now() - (lastAt.get(id) ?? Math.max(imageAt, startedAt)),
  };
}

/**
 * The open item by StudyInstanceUID, else by AccessionNumber and PatientID. Of several of one study it is one of the modality:
 * the one in progress, else the earliest, so that steps that are still to be done stay on the list.
 */
function openItemOf(instance: ArrivedInstance, { index }: ItemsStore): Entry | undefined {
  const { StudyInstanceUID, AccessionNumber = '', PatientID, Modality } = instance;
  const ofStudy = index.with('StudyInstanceUID', StudyInstanceUID);
  const isOfPatient = ({ dataSet }: Entry) => text(dataSet, tags.PatientID) === PatientID;
  const ofOrder = () =>
    AccessionNumber === '' ? [] : index.with('AccessionNumber', AccessionNumber).filter(isOfPatient);
  const meant = ofStudy.length > 0 ? ofStudy : ofOrder();
  const isOfModality = ({ dataSet }: Entry) =>
    items(dataSet, tags.ScheduledProcedureStepSequence).some((step) => text(step, tags.Modality) === Modality);
  const chosen = meant.length > 1 && Modality !== undefined ? meant.filter(isOfModality) : meant;
  const open = chosen.filter(({ status }) => !isDone(status));
  if (open.length < 2) return open[0];
  return open.find(({ status }) => status === 'in progress') ?? open.toSorted(byStart)[0];
}

const startOf = (entry: Entry): string => {
  const { ScheduledProcedureStepStartDate, ScheduledProcedureStepStartTime } = itemOf(entry);
  return `${ScheduledProcedureStepStartDate} ${ScheduledProcedureStepStartTime}`;
};
const byStart = (one: Entry, other: Entry): number => (startOf(one) < startOf(other) ? -1 : 1);
