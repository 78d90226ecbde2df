/** Answers of other nodes to our queries, gathered within bounds. */
import type { RemoteRow } from '#shared/contract.ts';
import { findEntry } from '#shared/dictionary.ts';
import type { Header } from '../../dicom/data-set.ts';
import { toDicomJson, type DicomJson } from '../../dicom/dicom-json.ts';
import { readDataSet } from '../../dicom/read-data-set.ts';
import { text } from '../../dicom/read-values.ts';
import type { Log } from '../../log.ts';

/** What a query brought. */
export interface FindAnswers {
  /** Values as text by keyword (by tag where there is none); sequences are left out. */
  readonly rows: readonly RemoteRow[];
  /** The same answers whole. */
  readonly dataSets: readonly DicomJson[];
  /** There are more than the limit. */
  readonly isCut: boolean;
}

/** Takes answers until there are enough. */
export interface AnswerCollector {
  /** Takes one encoded answer. */
  add(bytes: Uint8Array, transferSyntax: string): void;
  /** Aborted when one more came than wanted, or more bytes than memory shall hold. */
  readonly enough: AbortSignal;
  answers(): FindAnswers;
}

/* As an encoded stream; parsed it is some times as much. */
const maximumBytes = 32 * 1024 * 1024;

/** A collector for at most so many answers; one that cannot be read is left out, with a line in the log. */
export function collectAnswers(limit: number, calledAET: string, log: Log): AnswerCollector {
  const controller = new AbortController();
  const [rows, dataSets]: [RemoteRow[], DicomJson[]] = [[], []];
  let length = 0;

  return {
    enough: controller.signal,
    add: (bytes, transferSyntax) => {
      length += bytes.length;
      if (rows.length === limit || length > maximumBytes) controller.abort();
      if (controller.signal.aborted) return;
      try {
        const header = readDataSet(bytes, transferSyntax);
        dataSets.push(toDicomJson(header));
        rows.push(rowOf(header));
      } catch (error) {
        log('warn', `${calledAET} sent an answer that cannot be read.`, error);
      }
    },
    answers: () => ({ rows, dataSets, isCut: controller.signal.aborted }),
  };
}

function rowOf(header: Header): RemoteRow {
  const row: Record<string, string> = {};
  for (const tag of header.dataSet.keys()) {
    const value = text(header, tag);
    if (value !== undefined) row[findEntry(tag)?.keyword ?? tag] = value;
  }
  return row;
}
