/** Takes .wl files in as worklist items, and keeps items and files the same. */
import { randomUUID } from 'node:crypto';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { items, text } from '../dicom/data-set-values.ts';
import type { Entry } from './item.ts';
import type { ItemsStore } from './items-store.ts';
import { withIdentifiers, type MakeOptions } from './made-identifiers.ts';
import { tags } from './tags.ts';
import type { FolderListener, WorklistFile } from './worklist-folder.ts';

/** What a watched folder tells, put into the items. */
export function fileListener(store: ItemsStore, make: MakeOptions, log: FolderListener['log']): FolderListener {
  const idsOf = (names: readonly string[]) => names.flatMap((name) => store.index.ofFile(name)?.id ?? []);
  return {
    known: () => store.index.files,
    changed: (files) =>
      store.inTurn(() => store.write(files.map((file) => entryOfFile(file, store.index.ofFile(file.name), make)))),
    removed: (names) => store.inTurn(() => store.remove(idsOf(names))),
    log,
  };
}

const firstStep = (dataSet: DicomJson): DicomJson => items(dataSet, tags.ScheduledProcedureStepSequence)[0] ?? {};

/* A name may be used again for somebody else, who must not get the identifiers of the one before. */
const isSameOrder = (one: DicomJson, other: DicomJson): boolean =>
  text(one, tags.PatientID) === text(other, tags.PatientID) &&
  text(firstStep(one), tags.ScheduledProcedureStepStartDate) ===
    text(firstStep(other), tags.ScheduledProcedureStepStartDate);

const isSameStep = (one: DicomJson, other: DicomJson): boolean =>
  text(one, tags.StudyInstanceUID) === text(other, tags.StudyInstanceUID) &&
  text(firstStep(one), tags.ScheduledProcedureStepID) === text(firstStep(other), tags.ScheduledProcedureStepID);

/* What was made for a file once stays, and so does the status while the file speaks of the same step. */
function entryOfFile(
  { name, stamp, dataSet: read }: WorklistFile,
  former: Entry | undefined,
  make: MakeOptions,
): Entry {
  const changedAt = new Date().toISOString();
  const earlier = former && isSameOrder(former.dataSet, read) ? former : undefined;
  const dataSet = withIdentifiers(read, earlier?.dataSet ?? {}, make);
  const isSame = earlier !== undefined && isSameStep(earlier.dataSet, dataSet);
  return {
    id: former?.id ?? randomUUID(),
    source: 'file',
    status: isSame ? earlier.status : 'scheduled',
    file: name,
    stamp,
    dataSet,
    createdAt: former?.createdAt ?? changedAt,
    changedAt,
    doneAt: isSame ? earlier.doneAt : null,
    imageAt: isSame ? earlier.imageAt : null,
  };
}
