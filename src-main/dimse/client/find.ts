/** C-FIND: asks another node for its patients, studies, series and images (PS3.4 C.4.1). */
import type { Level } from '#shared/attributes.ts';
import type { Modality } from '#shared/model.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import type { FindAnswers } from './answers.ts';
import type { ClientContext } from './client-context.ts';
import { completeIdentifier, identifierOf, typedKeys, type TextKeys } from './identifier.ts';
import { query } from './query.ts';

/** What is asked. */
export interface FindRequest {
  readonly level: Level;
  /** Keys as DICOM writes them, by keyword or tag. */
  readonly keys?: TextKeys | undefined;
  /** Keys as a person types them; what an answer usually tells is asked for besides. */
  readonly typed?: TextKeys | undefined;
  /** Keys as a data set, such as sequences. */
  readonly identifier?: DicomJson | undefined;
  /** The most answers wanted; 10 000 if not given. */
  readonly limit?: number | undefined;
}

const patientRoot = '1.2.840.10008.5.1.4.1.2.1.1';
const studyRoot = '1.2.840.10008.5.1.4.1.2.2.1';
const usualLimit = 10_000;

/** Asks a node. @throws PacsError; `bad-request` where a key is not known, and as the node answers */
export async function find(
  node: Modality,
  { level, keys = {}, typed, identifier = {}, limit = usualLimit }: FindRequest,
  context: ClientContext,
  signal?: AbortSignal,
): Promise<FindAnswers> {
  const asked = { ...identifierOf({ ...(typed ? typedKeys(level, typed) : {}), ...keys }), ...identifier };
  const abstractSyntax = level === 'PATIENT' ? patientRoot : studyRoot;
  const complete = completeIdentifier(level, asked, node.Manufacturer);
  return query(node, { abstractSyntax, service: 'queries (C-FIND)', identifier: complete, limit, signal }, context);
}
