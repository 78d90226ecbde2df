/** Gives every part below it the formats of the language that is on. */
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from '../i18n/i18n.ts';
import { createFormat } from './format.ts';
import { FormatContext } from './use-format.ts';

/** Follows the language. */
export function FormatProvider({ children }: { readonly children: ReactNode }) {
  const { i18n } = useTranslation();
  const format = useMemo(() => createFormat(localeOf(i18n.language)), [i18n.language]);
  return <FormatContext value={format}>{children}</FormatContext>;
}
