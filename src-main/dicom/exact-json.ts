/** The DICOM JSON Model of a data set that is to be given back as it came: decimals and names keep their letters. */
import type { Header } from './data-set.ts';
import { attribute } from './data-set-values.ts';
import { toDicomJson, type DicomJson } from './dicom-json.ts';
import { sequence, texts, type ValueSource } from './read-values.ts';

const exact = new Set(['DS', 'IS', 'PN']);

/** Everything but pixel data, values inline whatever their size. */
export const exactJson = (header: Header): DicomJson =>
  withLetters(toDicomJson(header, { inlineBytes: Infinity }), header);

/* `1.50` is a number for JSON and would come back as 1.5, `Roth^Anna^^` as Roth^Anna. */
function withLetters(json: DicomJson, source: ValueSource): DicomJson {
  const changed = Object.entries(json).map(([tag, element]) => {
    if (element.vr === 'SQ' && element.Value) {
      const found = sequence(source, tag);
      const Value = element.Value.map((item, at) => withLetters(item as DicomJson, found[at]!));
      return [tag, { vr: 'SQ', Value }] as const;
    }
    if (!exact.has(element.vr) || !element.Value) return [tag, element] as const;
    const values = texts(source, tag);
    return [
      tag,
      element.vr === 'PN' ? attribute(tag, values.join('\\'), 'PN') : { ...element, Value: values },
    ] as const;
  });
  return Object.fromEntries(changed);
}
