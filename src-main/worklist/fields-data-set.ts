/** The data set of an item from what people fill in. */
import type { DicomJson } from '../dicom/dicom-json.ts';
import { attribute, items, sequence } from '../dicom/data-set-values.ts';
import { tags } from './tags.ts';
import type { WorklistFields } from './worklist.ts';

const inStep = new Set<keyof WorklistFields>([
  'Modality',
  'ScheduledStationAETitle',
  'ScheduledProcedureStepStartDate',
  'ScheduledProcedureStepStartTime',
  'ScheduledProcedureStepDescription',
  'ScheduledPerformingPhysicianName',
]);

function attributes(fields: WorklistFields, isWanted: (keyword: keyof WorklistFields) => boolean): DicomJson {
  const wanted = (Object.entries(fields) as [keyof WorklistFields, string][]).filter(([keyword]) => isWanted(keyword));
  return Object.fromEntries(wanted.map(([keyword, value]) => [tags[keyword], attribute(tags[keyword], value)]));
}

/** The data set of `former` with the fields changed; other attributes and further steps stay. */
export function fieldsDataSet(fields: WorklistFields, former: DicomJson): DicomJson {
  const tag = tags.ScheduledProcedureStepSequence;
  const [step = {}, ...more] = items(former, tag);
  return {
    ...former,
    [tags.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] },
    ...attributes(fields, (keyword) => !inStep.has(keyword)),
    [tag]: sequence({ ...step, ...attributes(fields, (keyword) => inStep.has(keyword)) }, ...more),
  };
}
