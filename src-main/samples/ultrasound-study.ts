/** The sample ultrasound clip: a colour Doppler multi-frame image, JPEG baseline. */
import sharp from 'sharp';
import { regionCode } from './anatomy-codes.ts';
import { beatLength } from './heart-model.ts';
import type { SampleFile, StudyOptions } from './sample-study.ts';
import { decimal, instanceValues, studyValues } from './sample-study.ts';
import { ultrasoundFrames } from './ultrasound-frames.ts';
import {
  centimetresPerPixel,
  sectorApex,
  sectorReach,
  ultrasoundColumns,
  ultrasoundRows,
} from './ultrasound-geometry.ts';
import type { Values } from './write-data-set.ts';
import { transferSyntaxes, writePart10 } from './write-data-set.ts';

const framesPerSecond = 30;

/** Frames of the clip; whole beats, so that it loops without a jump. */
const ultrasoundFrameCount: Readonly<Record<StudyOptions['scale'], number>> = { small: 60, full: 180 };

/** One clip. */
export async function* ultrasoundStudy(options: StudyOptions): AsyncGenerator<SampleFile> {
  const render = ultrasoundFrames(options.seed);
  const count = ultrasoundFrameCount[options.scale];
  const frames: Uint8Array[] = [];
  let encoding = jpeg(render(0));
  for (let index = 1; index <= count; index++) {
    const next = index < count ? render(index / framesPerSecond) : undefined;
    frames.push(await encoding);
    if (next) encoding = jpeg(next);
  }
  const raw = count * ultrasoundRows * ultrasoundColumns * 3;
  const ratio = raw / frames.reduce((sum, frame) => sum + frame.length, 0);
  const bytes = writePart10(
    {
      ...studyValues('ultrasound', options),
      ...instanceValues('ultrasound', options, 1),
      ...clipValues(count),
      LossyImageCompression: '01',
      LossyImageCompressionRatio: ratio.toFixed(2),
      LossyImageCompressionMethod: 'ISO_10918_1',
      PixelData: { frames },
    },
    transferSyntaxes.jpegBaseline,
  );
  yield { name: 'ultrasound/1.dcm', bytes };
}

const jpeg = (frame: Uint8Array): Promise<Uint8Array> =>
  sharp(frame, { raw: { width: ultrasoundColumns, height: ultrasoundRows, channels: 3 } })
    .jpeg({ quality: 88, chromaSubsampling: '4:2:0' })
    .toBuffer();

function clipValues(count: number): Values {
  return {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.3.1',
    Modality: 'US',
    SeriesDescription: 'Apical four-chamber, colour Doppler',
    ImageType: ['ORIGINAL', 'PRIMARY', 'TTE', '0011'],
    BodyPartExamined: 'HEART',
    AnatomicRegionSequence: [regionCode('heart')],
    PatientOrientation: '',
    TransducerData: ['P4-2', '', ''],
    TransducerType: 'SECTOR_PHASED',
    HeartRate: Math.round(60 / beatLength),
    NumberOfFrames: count,
    FrameIncrementPointer: '00181063',
    FrameTime: decimal(1000 / framesPerSecond),
    FrameDelay: '0',
    CineRate: framesPerSecond,
    RecommendedDisplayFrameRate: framesPerSecond,
    EffectiveDuration: decimal(count / framesPerSecond),
    StartTrim: 1,
    StopTrim: count,
    SequenceOfUltrasoundRegions: [region()],
    UltrasoundColorDataPresent: 1,
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'YBR_FULL_422',
    PlanarConfiguration: 0,
    Rows: ultrasoundRows,
    Columns: ultrasoundColumns,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
  };
}

/** The sector, calibrated in cm (PS3.3 C.8.5.5); its reference pixel is where the rays meet. */
function region(): Values {
  const half = Math.ceil((sectorReach.to * Math.sin(sectorReach.angle)) / centimetresPerPixel);
  const [left, top] = [sectorApex.x - half, sectorApex.y];
  return {
    RegionSpatialFormat: 1,
    RegionDataType: 1,
    RegionFlags: 2,
    RegionLocationMinX0: left,
    RegionLocationMinY0: top,
    RegionLocationMaxX1: sectorApex.x + half,
    RegionLocationMaxY1: sectorApex.y + Math.ceil(sectorReach.to / centimetresPerPixel),
    PhysicalUnitsXDirection: 3,
    PhysicalUnitsYDirection: 3,
    PhysicalDeltaX: centimetresPerPixel,
    PhysicalDeltaY: centimetresPerPixel,
    ReferencePixelX0: sectorApex.x - left,
    ReferencePixelY0: 0,
    ReferencePixelPhysicalValueX: 0,
    ReferencePixelPhysicalValueY: 0,
    TransducerFrequency: 2500,
  };
}
