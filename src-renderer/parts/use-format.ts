/** Dates, numbers and sizes as the window's language writes them. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createFormat } from './format.ts';
import type { Format } from './format.ts';
import { localeOf } from '../i18n/i18n.ts';

/** The formats of the language that is on. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => createFormat(localeOf(i18n.language)), [i18n.language]);
}
