/** Takes instances out of the catalogue. */
import type { Connection } from './database.ts';
import { columnsOf, foldedColumn, isFolded } from './schema.ts';

const isGone = 'NOT EXISTS (SELECT 1 FROM studies WHERE id = @study)';
const inherited = columnsOf('PATIENT')
  .flatMap((attribute) => [attribute.keyword, ...(isFolded(attribute) ? [foldedColumn(attribute.keyword)] : [])])
  .map((name) => `${name} = first.${name}`)
  .join(', ');

/** Takes one instance row out for good, and parents that are empty then. */
export function createForgetter(database: Connection) {
  const select = database.prepare(
    `SELECT instances.series, instances.size, series.study, studies.patient FROM instances
     JOIN series ON series.id = instances.series JOIN studies ON studies.id = series.study WHERE instances.id = ?`,
  );
  const statements = [
    'DELETE FROM instances WHERE id = @row',
    'UPDATE totals SET diskSize = diskSize - @size',
    'UPDATE series SET NumberOfSeriesRelatedInstances = NumberOfSeriesRelatedInstances - 1 WHERE id = @series',
    'DELETE FROM series WHERE id = @series AND NumberOfSeriesRelatedInstances = 0',
    `UPDATE studies SET NumberOfStudyRelatedInstances = NumberOfStudyRelatedInstances - 1,
       NumberOfStudyRelatedSeries = (SELECT count(*) FROM series WHERE study = @study),
       ModalitiesInStudy = (SELECT group_concat(DISTINCT Modality) FROM series WHERE study = @study),
       SOPClassesInStudy = (SELECT group_concat(DISTINCT SOPClassUID) FROM instances JOIN series ON series.id = instances.series
         WHERE series.study = @study) WHERE id = @study`,
    "UPDATE studies SET ModalitiesInStudy = replace(ModalitiesInStudy, ',', '\\'), SOPClassesInStudy = replace(SOPClassesInStudy, ',', '\\') WHERE id = @study",
    'DELETE FROM studies WHERE id = @study AND NumberOfStudyRelatedInstances = 0',
    `DELETE FROM grams WHERE rowid = @study AND ${isGone}`,
    `DELETE FROM labels WHERE study = @study AND ${isGone}`,
    /* A patient shows what its first study says, also when that is another one than before. */
    `UPDATE patients SET ${inherited} FROM (SELECT * FROM studies WHERE patient = @patient ORDER BY id LIMIT 1) AS first
       WHERE patients.id = @patient AND ${isGone}`,
    'DELETE FROM patients WHERE id = @patient AND NOT EXISTS (SELECT 1 FROM studies WHERE patient = @patient)',
  ].map((statement) => database.prepare(statement));
  return (row: number): boolean => {
    const found = select.get(row) as Record<'series' | 'study' | 'patient' | 'size', number> | undefined;
    if (!found) return false;
    for (const statement of statements) statement.run({ ...found, row });
    return true;
  };
}
