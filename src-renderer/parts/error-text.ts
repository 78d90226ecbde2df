/** The sentence for an error, in the window's language. */
import type { TFunction } from 'i18next';
import type { PacsErrorValue } from '#shared/errors.ts';

/** What happened, for a person; what the core added to it stays in its own words beside it. */
export const errorText = (t: TFunction, error: Pick<PacsErrorValue, 'code'>): string => t(`error.${error.code}`);
