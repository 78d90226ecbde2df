/** Makes the sample studies file by file: a cone-beam CT, a panoramic, a full-mouth series and an ultrasound clip. */
import { coneBeamStudy } from './cone-beam-study.ts';
import { fullMouthStudy } from './full-mouth-study.ts';
import { panoramicStudy } from './panoramic-study.ts';
import type { SampleFile, SampleName, SampleOptions, StudyOptions } from './sample-study.ts';
import { sampleNames } from './sample-study.ts';
import { ultrasoundStudy } from './ultrasound-study.ts';

const studies: Readonly<
  Record<SampleName, (options: StudyOptions) => Iterable<SampleFile> | AsyncIterable<SampleFile>>
> = {
  'cone-beam': coneBeamStudy,
  panoramic: panoramicStudy,
  'full-mouth': fullMouthStudy,
  ultrasound: ultrasoundStudy,
};

/**
 * Part 10 files one by one; only one is in memory at a time. The same seed and day give the same bytes, the same seed and
 * scale the same UIDs. It computes for some 10 ms a file in the caller's thread: the app uses `streamSamples`.
 */
export async function* generateSamples(options: SampleOptions = {}): AsyncGenerator<SampleFile> {
  const { which = sampleNames, scale = 'small', seed = 1, now = new Date() } = options;
  for (const name of which) yield* studies[name]({ scale, seed, now });
}
