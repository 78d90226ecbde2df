/** A day to type or to pick: whatever way of writing the study list takes, this takes too. */
import { DateInput } from '@mantine/dates';
import { IconCalendar } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useFormat } from '../parts/use-format.ts';
import { dayOfIso, isoDay } from '../state/dicom-day.ts';
import { slashOrder, typedDate } from '../state/typed-date.ts';

/** Props: the day as DICOM writes it, '' for none. */
export interface DayFieldProps {
  readonly value: string;
  readonly change: (day: string) => void;
  /** The visible name; `name` where there is none. */
  readonly label?: string;
  readonly name?: string;
  readonly error?: ReactNode;
  readonly clearLabel?: string;
  readonly withWeekday?: boolean;
  /** A day far back is reached by its decade first. */
  readonly isBirthday?: boolean;
  readonly size?: 'xs' | 'sm';
}

/** Where the calendar of birthdays begins: amid the patients of a clinic. */
const birthdays = '1980-01-01';

/** The single day that was typed, or null. */
function parsed(text: string): string | null {
  const day = typedDate(text, new Date(), slashOrder(navigator.language));
  return day && /^\d{8}$/.test(day) ? isoDay(day) : null;
}

/** The field with its calendar. */
export function DayField({
  value,
  change,
  label,
  name,
  error,
  clearLabel,
  withWeekday,
  isBirthday,
  size,
}: DayFieldProps) {
  const format = useFormat();
  return (
    <DateInput
      label={label}
      aria-label={name}
      size={size ?? 'xs'}
      value={isoDay(value)}
      onChange={(iso) => change(dayOfIso(iso))}
      dateParser={parsed}
      valueFormat={(iso) => (withWeekday ? format.day(dayOfIso(iso)) : format.date(dayOfIso(iso)))}
      placeholder={withWeekday ? undefined : format.date('20261231').replaceAll(/\d/g, '–')}
      leftSection={<IconCalendar size={15} aria-hidden />}
      clearable={clearLabel !== undefined}
      clearButtonProps={{ 'aria-label': clearLabel }}
      error={error}
      defaultLevel={isBirthday ? 'decade' : 'month'}
      {...(isBirthday && value === '' ? { defaultDate: birthdays } : {})}
      popoverProps={{ withinPortal: true }}
    />
  );
}
