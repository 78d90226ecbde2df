/** The labels of our AE titles: what came under a title has its label, also when the catalogue is rebuilt from the files. */
import type { Settings } from '#shared/settings.ts';
import { aeTitleKey } from './peers/ae-title.ts';

/** The label of the title under which a file came, as its meta information names it (0002,0018). */
export function labelsOf(settings: Settings): (receivingAET: string) => string | undefined {
  const key = aeTitleKey(settings);
  const labels = new Map(settings.Chairside.AETitles.map(({ AET, Label }) => [key(AET), Label]));
  return (receivingAET) => labels.get(key(receivingAET));
}
