/** The shared test data beside the repository: present in CI, absent in a plain clone; tests over it say when they are left out. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The repository's root. */
export const root = resolve(import.meta.dirname, '../..');
/** The folder of shared data, whether it is there or not. */
export const sharedData = resolve(root, '../shared/data');
/** True where the shared data are there. */
export const hasSharedData = existsSync(resolve(sharedData, 'corpus/manifest.json'));
/** For `describe.skipIf`: the suffix of a title that says why the tests were left out. */
export const sharedDataNote = hasSharedData ? '' : ' (left out: ../shared/data is not here)';

/** One row of the corpus manifest. */
export interface CorpusFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly kind?: string;
  readonly transfer_syntax: string | null;
  readonly sop_class_uid: string | null;
  readonly sop_uid: string | null;
  readonly study_uid: string | null;
  readonly series_uid: string | null;
  readonly modality: string | null;
  readonly character_set: string | readonly string[] | null;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly frames: number | null;
  readonly photometric: string | null;
  readonly expectation?: 'reject' | 'accept' | 'either';
  readonly origin: { readonly kind: 'synthetic' | 'public repository' };
  readonly expected?: {
    readonly patient_name_utf8: string | null;
    readonly patient_name_note?: string;
    readonly patient_name_note_dcmtk?: string;
    readonly frames: number;
    readonly pixel_min?: number;
    readonly pixel_max?: number;
    readonly readers_agree_on_all_pixels?: boolean;
    readonly pixels?: Readonly<
      Record<string, { shape: number[]; dtype: string; min: number; max: number; photometric: string; sha256: string }>
    >;
    readonly readers: Readonly<Record<string, string | number>>;
  };
}

/** The rows of the corpus manifest; empty where the shared data are not there. */
export const corpus: readonly CorpusFile[] = hasSharedData
  ? (JSON.parse(readFileSync(resolve(sharedData, 'corpus/manifest.json'), 'utf8')) as { files: CorpusFile[] }).files
  : [];

/** Absolute path of a corpus file. */
export const corpusPath = (file: CorpusFile): string => resolve(sharedData, 'corpus', file.path);
