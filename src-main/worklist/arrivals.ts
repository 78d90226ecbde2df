/** Images that come in and the worklist items they belong to: the first puts an item in progress, silence completes it. */
import { items, text } from '../dicom/data-set-values.ts';
import { isDone, type Entry } from './item.ts';
import type { ItemsStore } from './items-store.ts';
import { withStatus } from './items-store.ts';
import { tags } from './tags.ts';
import type { ArrivedInstance } from './worklist.ts';

/** The images of open items. */
export interface Arrivals {
  arrived(instance: ArrivedInstance): void;
  /** Forgets that images came: an item that was opened again waits for new ones. */
  forget(id: string): void;
  /** Milliseconds since the last image of an item; undefined where none came. What came before the start counts from the start. */
  silence(entry: Entry): number | undefined;
}

/** Follows the images; `failed` is told where an item could not be written. */
export function followArrivals(store: ItemsStore, failed: (error: unknown) => void): Arrivals {
  const startedAt = Date.now();
  const lastAt = new Map<string, number>();

  const begin = (id: string, imageAt: number): Promise<void> =>
    store.inTurn(async () => {
      const entry = store.index.get(id);
      if (entry && !isDone(entry.status)) await store.write([{ ...withStatus(entry, 'in progress'), imageAt }]);
    });

  return {
    arrived: (instance) => {
      for (const { id } of openItemsOf(instance, store)) {
        const isFirst = !lastAt.has(id);
        lastAt.set(id, Date.now());
        if (isFirst) begin(id, Date.now()).catch(failed);
      }
    },
    forget: (id) => void lastAt.delete(id),
    silence: ({ id, imageAt }) => {
      const at = lastAt.get(id) ?? (imageAt === null ? undefined : Math.max(imageAt, startedAt));
      return at === undefined ? undefined : Date.now() - at;
    },
  };
}

/** By StudyInstanceUID, else by AccessionNumber and PatientID; of several of one study, those of the modality. */
function openItemsOf(instance: ArrivedInstance, { index }: ItemsStore): readonly Entry[] {
  const { StudyInstanceUID, AccessionNumber = '', PatientID, Modality } = instance;
  const ofStudy = index.with('StudyInstanceUID', StudyInstanceUID);
  const isOfPatient = ({ dataSet }: Entry) => text(dataSet, tags.PatientID) === PatientID;
  const ofOrder = AccessionNumber === '' ? [] : index.with('AccessionNumber', AccessionNumber).filter(isOfPatient);
  const meant = ofStudy.length > 0 ? ofStudy : ofOrder;
  const isOfModality = ({ dataSet }: Entry) =>
    items(dataSet, tags.ScheduledProcedureStepSequence).some((step) => text(step, tags.Modality) === Modality);
  const chosen = meant.length > 1 && Modality !== undefined ? meant.filter(isOfModality) : meant;
  return chosen.filter(({ status }) => !isDone(status));
}
