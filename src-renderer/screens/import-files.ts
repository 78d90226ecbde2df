/** Files as browsers hand them over, as the import wants them. */
import type { ImportFile } from '../state/import-store.ts';

/** A dropped file carries the path within the drop; a picked folder's files carry another property. */
type FileWithPath = File & { readonly path?: string };

/** Each file with its path within what was dropped or picked, without leading dots and slashes. */
export const importFilesOf = (files: readonly FileWithPath[]): readonly ImportFile[] =>
  files.map((file) => ({
    name: (file.path || file.webkitRelativePath || file.name).replace(/^[./]+(?=[^./])/, ''),
    file,
  }));

/** Attributes that turn a file picker into a folder picker; React's types do not know them. */
export const folderInput = { webkitdirectory: '' } as React.ComponentProps<'input'>;
