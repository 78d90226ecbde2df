/** Chooses the SpecificCharacterSet (0008,0005) to write a data set in: the one that was asked for where it has all texts. */
import { findCharacterSet } from './charset-terms.ts';
import type { DicomJson } from './dicom-json.ts';
import { canEncode, hasDeclaredText } from './encode-text.ts';
import { jsonTexts } from './json-texts.ts';

const unicode: readonly string[] = ['ISO_IR 192'];

/** Every text of a data set, items included, whose bytes depend on SpecificCharacterSet. */
function* declaredTexts(json: DicomJson): Generator<readonly [string, string]> {
  for (const { vr, Value = [] } of Object.values(json))
    if (vr === 'SQ') for (const item of Value) yield* declaredTexts((item ?? {}) as DicomJson);
    else if (hasDeclaredText(vr)) for (const text of jsonTexts(vr, Value)) yield [vr, text];
}

/**
 * `wanted` (values of SpecificCharacterSet; empty is the default repertoire, ASCII) where every term is known and all texts of
 * the data set can be written in it, else ISO_IR 192.
 */
export function chooseCharacterSet(json: DicomJson, wanted: readonly string[]): readonly string[] {
  if (wanted.some((term) => term !== '' && !findCharacterSet(term))) return unicode;
  for (const [vr, text] of declaredTexts(json)) if (!canEncode(text, wanted, vr)) return unicode;
  return wanted;
}
