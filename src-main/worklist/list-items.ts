/** The worklist as a person sees it: items of days, in the order of their start. */
import type { CheckedInput } from '#shared/contract.ts';
import type { WorklistItem } from '#shared/model.ts';
import { fold } from '#shared/query.ts';

const searched = (item: WorklistItem): string =>
  fold(
    [
      item.PatientName,
      item.PatientID,
      item.AccessionNumber,
      item.RequestedProcedureDescription,
      item.ScheduledProcedureStepDescription,
      item.Modality,
    ].join(' '),
  );

/** The items that a filter means; every word of its text must occur. */
export function listItems(
  items: readonly WorklistItem[],
  filter: CheckedInput<'worklist.list'>,
): readonly WorklistItem[] {
  const words = fold(filter.text ?? '')
    .split(' ')
    .filter(Boolean);
  const { from = '', to = '\uffff', status, ScheduledStationAETitle: station } = filter;
  const isMeant = (item: WorklistItem): boolean => {
    const day = item.ScheduledProcedureStepStartDate;
    if (day < from || day > to || (status && !status.includes(item.status))) return false;
    if (station !== undefined && !item.ScheduledStationAETitle.split('\\').includes(station)) return false;
    const text = words.length > 0 ? searched(item) : '';
    return words.every((word) => text.includes(word));
  };
  const order = (item: WorklistItem) =>
    `${item.ScheduledProcedureStepStartDate} ${item.ScheduledProcedureStepStartTime} ${item.createdAt}`;
  return items.filter(isMeant).toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}
