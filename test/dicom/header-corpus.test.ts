import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Header } from '#main/dicom/data-set.ts';
import { createHeaderReader, readHeader } from '#main/dicom/header-reader.ts';
import { identifiers, number, text } from '#main/dicom/values.ts';
import { PacsError } from '#shared/errors.ts';
import type { CorpusFile } from '../support/shared-data.ts';
import { corpus, corpusPath, hasSharedData, sharedDataNote } from '../support/shared-data.ts';

const files = corpus.filter((file) => !file.kind);

function read(bytes: Uint8Array, chunk: number): Header {
  const reader = createHeaderReader();
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  return reader.end();
}

/** The header, or the PacsError; anything else that is thrown fails the test. */
function tried<T>(read: () => T): T | PacsError {
  try {
    return read();
  } catch (error) {
    if (error instanceof PacsError) return error;
    throw error;
  }
}

/** The file's own outcome: stored with these identifiers, or refused. */
const outcome = (file: CorpusFile) => tried(() => identifiers(read(readFileSync(corpusPath(file)), 131_072)));

// What readers of the manifest made of files that are wrong, and we otherwise: a syntax corrected by looking, a lower-case VR
// read, a UID that is none, identifiers in the middle of a header that they could not read.
const readOtherwise = new Set([
  'broken/bigendian_undefined_length.dcm',
  'broken/no_preamble_dicm_inside.dcm',
  'broken/own_lower_case_vr.dcm',
  'broken/own_meta_says_implicit_is_explicit.dcm',
  'broken/fuzz_cat07_file_meta/TC0401_invalid_ts.dcm',
  'broken/fuzz_cat10_cve_2026_3650/TC0635_meta_0013_vr_7569.dcm',
  'broken/fuzz_cat24_cve_orthanc_osirix/TC1179_uid_traversal_win.dcm',
]);

describe.skipIf(!hasSharedData)(`headers of the corpus${sharedDataNote}`, () => {
  it('agree with the manifest, wherever the file can be read', () => {
    let agreed = 0;
    for (const file of files) {
      const header = tried(() => read(readFileSync(corpusPath(file)), 131_072));
      if (header instanceof PacsError || readOtherwise.has(file.path)) continue;
      agreed++;
      expect({
        path: file.path,
        sop_uid: text(header, '00080018') || null,
        study_uid: text(header, '0020000D') || null,
        series_uid: text(header, '0020000E') || null,
        rows: number(header, '00280010') ?? null,
        columns: number(header, '00280011') ?? null,
        transfer_syntax: file.transfer_syntax === null ? null : header.TransferSyntaxUID,
      }).toEqual({
        path: file.path,
        sop_uid: file.sop_uid,
        study_uid: file.study_uid,
        series_uid: file.series_uid,
        rows: file.rows,
        columns: file.columns,
        transfer_syntax: file.transfer_syntax,
      });
    }
    expect(agreed).toBeGreaterThan(760);
  });

  it('are refused or taken as the manifest expects', () => {
    const wrong = files
      .filter((file) => file.expectation === 'reject' || file.expectation === 'accept')
      .filter((file) => outcome(file) instanceof PacsError !== (file.expectation === 'reject'));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it('come out the same in chunks of any size, and read from the file', async () => {
    for (const file of files.filter(({ size, path }) => size < 60_000 && !path.includes('deflate'))) {
      const bytes = readFileSync(corpusPath(file));
      const whole = tried(() => read(bytes, bytes.length || 1));
      for (const chunk of [7, 1009]) expect(tried(() => read(bytes, chunk))).toEqual(whole);
      const fromFile = await readHeader(corpusPath(file)).catch((error: unknown) => error);
      // From the file the pieces of encapsulated pixel data are not walked, so that a cut among them is not seen.
      if (whole instanceof PacsError) continue;
      expect(fromFile).toEqual(whole);
    }
  });

  it('of damaged and hostile files are read without crash, hang or growth', () => {
    for (const file of files.filter(({ path }) => path.startsWith('broken/'))) {
      const bytes = readFileSync(corpusPath(file));
      const before = { at: performance.now(), bytes: process.memoryUsage().arrayBuffers };
      const result = tried(() => read(bytes, 4096));
      expect(result).toBeDefined();
      expect([file.path, performance.now() - before.at < 3000]).toEqual([file.path, true]);
      expect(process.memoryUsage().arrayBuffers - before.bytes).toBeLessThan(100_000_000);
    }
  });

  it('with any byte changed or any end cut off give a header or a PacsError', () => {
    const bytes = readFileSync(corpusPath(files.find(({ path }) => path.endsWith('fuzz_baseline_valid_ct.dcm'))!));
    for (let at = 0; at < 1200; at += 3) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ (0x55 + (at % 7) * 23);
      tried(() => identifiers(read(changed, 777)));
      tried(() => identifiers(read(bytes.subarray(0, at), 777)));
    }
    expect(identifiers(read(bytes, 777)).StudyInstanceUID).toMatch(/^[0-9.]+$/);
  });
});
