/** Keeps what is derived from the level below: counts, gathered values, labels. */
import type { CatalogueEntry } from '../catalogue.ts';
import { remember, type Caches } from './caches.ts';
import type { Connection } from './database.ts';

/** Keeps the counts and gathered values of study and series after one added instance. */
export function createCounter(database: Connection, caches: Caches) {
  const addToStudy = database.prepare(
    'UPDATE studies SET NumberOfStudyRelatedInstances = NumberOfStudyRelatedInstances + 1, LastReceivedAt = max(LastReceivedAt, ?) WHERE id = ?',
  );
  const addToSeries = database.prepare(
    'UPDATE series SET NumberOfSeriesRelatedInstances = NumberOfSeriesRelatedInstances + 1 WHERE id = ?',
  );
  const addSeries = database.prepare(
    'UPDATE studies SET NumberOfStudyRelatedSeries = NumberOfStudyRelatedSeries + 1 WHERE id = ?',
  );
  const addSize = database.prepare('UPDATE totals SET diskSize = diskSize + ?');
  const gather = createGatherer(database, caches);
  const label = createLabeller(database, caches);
  return (entry: CatalogueEntry, study: number, series: { id: number; isNew: boolean }): void => {
    addToStudy.run(entry.receivedAt, study);
    addToSeries.run(series.id);
    addSize.run(entry.size);
    if (series.isNew) addSeries.run(study);
    if (series.isNew) gather('ModalitiesInStudy', study, entry.values.Modality);
    gather('SOPClassesInStudy', study, entry.identifiers.SOPClassUID);
    label(study, entry.label);
  };
}

/** Puts a label on a study, once. */
function createLabeller(database: Connection, { gathered }: Caches) {
  const insert = database.prepare('INSERT OR IGNORE INTO labels (study, label) VALUES (?, ?)');
  return (study: number, label: string | undefined): void => {
    const key = `label ${study} ${label}`;
    if (label === undefined || gathered.has(key)) return;
    remember(gathered, key, true);
    insert.run(study, label);
  };
}

/** Adds a value to a gathered attribute of a study, once each. */
function createGatherer(database: Connection, { gathered }: Caches) {
  const statements = {
    ModalitiesInStudy: gatherStatement(database, 'ModalitiesInStudy'),
    SOPClassesInStudy: gatherStatement(database, 'SOPClassesInStudy'),
  };
  return (keyword: keyof typeof statements, study: number, value: string | undefined): void => {
    const key = `${keyword} ${study} ${value}`;
    if (!value || gathered.has(key)) return;
    remember(gathered, key, true);
    statements[keyword].run({ study, value });
  };
}

const gatherStatement = (database: Connection, keyword: string) =>
  database.prepare(
    `UPDATE studies SET ${keyword} = CASE WHEN ${keyword} IS NULL THEN @value ELSE ${keyword} || '\\' || @value END
     WHERE id = @study AND instr('\\' || coalesce(${keyword}, '') || '\\', '\\' || @value || '\\') = 0`,
  );
