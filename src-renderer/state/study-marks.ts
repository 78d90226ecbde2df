/** The studies that a person picked out of the list, to do something with all of them. */
import type { StudyId } from './study-id.ts';
import { studyKey } from './study-id.ts';

/** By studyKey. */
export type StudyMarks = ReadonlyMap<string, StudyId>;

/** Picked at once at most. */
export const maximumMarks = 1000;

/** With the study where it was not picked, without it where it was. */
export function toggleMark(marks: StudyMarks, study: StudyId): StudyMarks {
  const changed = new Map(marks);
  if (!changed.delete(studyKey(study)) && changed.size < maximumMarks) changed.set(studyKey(study), study);
  return changed;
}

/** With all of these. */
export function addMarks(marks: StudyMarks, studies: readonly StudyId[]): StudyMarks {
  const changed = new Map(marks);
  for (const study of studies) if (changed.size < maximumMarks) changed.set(studyKey(study), study);
  return changed;
}
