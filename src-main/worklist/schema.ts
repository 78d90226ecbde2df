/** The tables of the worklist: items and performed procedure steps, each a whole data set as DICOM JSON. */
import type { RecordsSchema } from '../records/records.ts';

/** Tables of the room. `file` and `stamp` name the .wl file that an item follows and the state it was read in. */
export const worklistSchema: RecordsSchema = {
  room: 'worklist',
  steps: [
    `CREATE TABLE worklist_items (id TEXT PRIMARY KEY, source TEXT NOT NULL, status TEXT NOT NULL, file TEXT UNIQUE, stamp TEXT,
      dataSet TEXT NOT NULL, createdAt TEXT NOT NULL, changedAt TEXT NOT NULL, doneAt TEXT, imageAt INTEGER)`,
    `CREATE TABLE worklist_steps (SOPInstanceUID TEXT PRIMARY KEY, status TEXT NOT NULL, callingAET TEXT NOT NULL,
      dataSet TEXT NOT NULL, createdAt TEXT NOT NULL, changedAt TEXT NOT NULL, isCounted INTEGER NOT NULL DEFAULT 0)`,
    `CREATE TABLE worklist_step_items (SOPInstanceUID TEXT NOT NULL REFERENCES worklist_steps ON DELETE CASCADE,
      item TEXT NOT NULL REFERENCES worklist_items ON DELETE CASCADE, PRIMARY KEY (SOPInstanceUID, item))`,
    'CREATE INDEX worklist_step_items_item ON worklist_step_items(item)',
    'CREATE INDEX worklist_steps_changed ON worklist_steps(status, changedAt)',
  ],
};
