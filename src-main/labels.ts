/** The labels of our AE titles: what came under a title has its label, also when the catalogue is rebuilt from the files. */
import type { Settings } from '#shared/settings.ts';

/** The label of the title under which a file came, as its meta information names it (0002,0018). */
export function labelsOf({
  StrictAetComparison,
  Chairside: { AETitles },
}: Settings): (receivingAET: string) => string | undefined {
  const key = (aet: string): string => (StrictAetComparison ? aet : aet.toUpperCase());
  const labels = new Map(AETitles.map(({ AET, Label }) => [key(AET), Label]));
  return (receivingAET) => labels.get(key(receivingAET));
}
