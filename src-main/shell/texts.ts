/** The few sentences of the native menu and tray, in the languages of the window. */

const english = {
  cannotStart: 'Chairside could not start',
  file: 'File',
  openArchive: 'Open archive folder',
  openConfiguration: 'Open configuration file',
  closeWindow: 'Close window',
  quit: 'Quit Chairside',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select all',
  view: 'View',
  reload: 'Load again',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  resetZoom: 'Normal size',
  fullScreen: 'Full screen',
  developerTools: 'Developer tools',
  help: 'Help',
  about: 'About Chairside',
  open: 'Open Chairside',
  receiving: 'Chairside receives as {AETitle} on port {port}',
  notReceiving: 'Chairside does not listen for scanners',
};

/** The sentences of one language. */
export type Texts = Readonly<typeof english>;

const german: Texts = {
  cannotStart: 'Chairside konnte nicht starten',
  file: 'Datei',
  openArchive: 'Archivordner öffnen',
  openConfiguration: 'Konfigurationsdatei öffnen',
  closeWindow: 'Fenster schließen',
  quit: 'Chairside beenden',
  edit: 'Bearbeiten',
  undo: 'Rückgängig',
  redo: 'Wiederholen',
  cut: 'Ausschneiden',
  copy: 'Kopieren',
  paste: 'Einfügen',
  selectAll: 'Alles auswählen',
  view: 'Ansicht',
  reload: 'Neu laden',
  zoomIn: 'Größer',
  zoomOut: 'Kleiner',
  resetZoom: 'Normale Größe',
  fullScreen: 'Vollbild',
  developerTools: 'Entwicklerwerkzeuge',
  help: 'Hilfe',
  about: 'Über Chairside',
  open: 'Chairside öffnen',
  receiving: 'Chairside empfängt als {AETitle} auf Port {port}',
  notReceiving: 'Chairside wartet nicht auf Geräte',
};

/** The sentences for a person's languages (BCP 47, the preferred one first); English where we have none of them. */
export function textsFor(languages: readonly string[]): Texts {
  const known = languages.map((language) => language.slice(0, 2).toLowerCase()).find((code) => /^(de|en)$/.test(code));
  return known === 'de' ? german : english;
}

/** A sentence with its `{names}` filled in. */
export const fill = (sentence: string, values: Readonly<Record<string, string | number>>): string =>
  sentence.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
