/** AE titles as keys: two that the settings hold for the same have the same. */
import type { Settings } from '#shared/settings.ts';

/** How AE titles are compared: without padding (PS3.5 6.2), and without case unless StrictAetComparison. */
export const aeTitleKey =
  ({ StrictAetComparison }: Pick<Settings, 'StrictAetComparison'>) =>
  (aet: string): string =>
    StrictAetComparison ? aet.trim() : aet.trim().toUpperCase();
