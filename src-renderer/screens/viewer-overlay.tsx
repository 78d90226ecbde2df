/** The texts and marks over the picture: whose it is, which it is, how it is shown, which side is where, how large it is. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { SeriesView } from '#shared/model.ts';
import type { Format } from '../parts/format.ts';
import { readableName } from '../parts/readable-name.ts';
import { useFormat } from '../parts/use-format.ts';
import { planeOf } from '../viewer/image-plane.ts';
import { edgeLetters } from '../viewer/orientation-letters.ts';
import { scaleBar } from '../viewer/scale-bar.ts';
import type { Shown } from '../viewer/stack-state.ts';
import { windowOf } from '../viewer/windows.ts';
import styles from './viewer.module.css';

/** What the overlay tells about. */
export interface ViewerOverlayProps {
  readonly view: SeriesView;
  readonly shown: Shown;
  /** Frames of the series. */
  readonly total: number;
  readonly showsTexts: boolean;
}

/** The overlay; without its texts, sides and scale stay, since they are part of reading an image. */
export function ViewerOverlay({ view, shown, total, showsTexts }: ViewerOverlayProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles.overlay} data-modality={view.Modality}>
      {showsTexts && (
        <>
          <Corner place={styles.topLeft} lines={patientLines(t, format, view)} />
          <Corner place={styles.topRight} lines={studyLines(format, view)} />
          <Corner place={styles.bottomLeft} lines={imageLines(t, view, shown, total)} />
          <Corner place={styles.bottomRight} lines={lookLines(t, format, shown)} />
        </>
      )}
      <Sides shown={shown} />
      <Scale shown={shown} />
    </div>
  );
}

const Corner = ({
  place,
  lines,
}: {
  readonly place: string | undefined;
  readonly lines: readonly (string | undefined)[];
}) => (
  <div className={place}>
    {lines.filter(Boolean).map((line, at) => (
      <div key={at}>
        <bdi>{line}</bdi>
      </div>
    ))}
  </div>
);

function patientLines(t: TFunction, format: Format, { patient }: SeriesView) {
  const { main, ideographic } = readableName(patient.PatientName);
  const born = patient.PatientBirthDate && t('viewer.born', { date: format.date(patient.PatientBirthDate) });
  return [main, ideographic, patient.PatientID, born];
}

const studyLines = (format: Format, { study }: SeriesView) => [
  study.InstitutionName,
  format.date(study.StudyDate),
  study.StudyDescription,
];

/** What the core tells beside the image: part of the body, exposure, place; anything else after them. */
function acquisitionLines(t: TFunction, overlay: Readonly<Record<string, string>>) {
  const { BodyPartExamined, Laterality, ImageLaterality, ViewPosition, ...more } = overlay;
  const { KVP, XRayTubeCurrent, ExposureTime, TransducerFrequency, HeartRate, ...place } = more;
  const { SliceLocation, SliceThickness, ...others } = place;
  const inOneLine = (...texts: (string | undefined)[]) => texts.filter(Boolean).join(' · ');
  return [
    inOneLine(BodyPartExamined, ImageLaterality ?? Laterality, ViewPosition),
    inOneLine(KVP, XRayTubeCurrent, ExposureTime, TransducerFrequency, HeartRate),
    inOneLine(
      SliceLocation && t('viewer.sliceLocation', { value: SliceLocation }),
      SliceThickness && t('viewer.sliceThickness', { value: SliceThickness }),
    ),
    ...Object.values(others),
  ];
}

function imageLines(t: TFunction, view: SeriesView, { frame }: Shown, total: number) {
  const { instance, number } = frame;
  const instanceNumber = instance.InstanceNumber === undefined ? '' : `#${instance.InstanceNumber}`;
  const ofClip = instance.NumberOfFrames > 1 && view.instances.length > 1 ? `${number}/${instance.NumberOfFrames}` : '';
  return [
    ...acquisitionLines(t, instance.overlay),
    [view.Modality, view.SeriesDescription].filter(Boolean).join(' · '),
    [t('viewer.imageOf', { number: frame.index + 1, total }), ofClip, instanceNumber].filter(Boolean).join('  '),
  ];
}

function lookLines(t: TFunction, format: Format, { frame, presentation, camera }: Shown) {
  const { instance } = frame;
  const { center, width } = windowOf(presentation.range, instance.VOILUTFunction ?? 'LINEAR');
  const digits = (value: number) =>
    format.number(Number(value.toPrecision(width < 10 ? 3 : 6)).toFixed(width < 10 ? 2 : 0));
  const isMirrored = camera.turn.right[0] * camera.turn.down[1] - camera.turn.right[1] * camera.turn.down[0] < 0;
  return [
    instance.lossy ? t('viewer.lossy') : undefined,
    isMirrored ? t('viewer.flipped') : undefined,
    presentation.inverted ? t('viewer.inverted') : undefined,
    instance.spacing ? undefined : t('viewer.uncalibrated'),
    t('viewer.window', { width: digits(width), center: digits(center) }),
    t('viewer.zoom', { percent: `${format.number(Math.round(camera.scale * 100))} %` }),
  ];
}

/** Letters at the edges, where the data set says how the patient lay. */
function Sides({ shown: { frame, camera } }: { readonly shown: Shown }) {
  if (!frame.instance.ImageOrientationPatient) return null;
  const { left, right, top, bottom } = edgeLetters(planeOf(frame.instance), camera.turn);
  return (
    <>
      <span className={styles.left}>{left}</span>
      <span className={styles.right}>{right}</span>
      <span className={styles.top}>{top}</span>
      <span className={styles.bottom}>{bottom}</span>
    </>
  );
}

/** A bar of a round length in mm; none where the size of a pixel is unknown. */
function Scale({ shown: { frame, camera, size, pixelRatio } }: { readonly shown: Shown }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { instance } = frame;
  if (!instance.spacing) return null;
  const perPixel = (planeOf(instance).columnSpacing / camera.scale) * pixelRatio;
  const { millimetres, screenPixels } = scaleBar(perPixel, Math.min(220, size[0] / pixelRatio / 4));
  const length = millimetres >= 10 ? `${format.number(millimetres / 10)} cm` : `${format.number(millimetres)} mm`;
  const isAtDetector = instance.spacingSource === 'ImagerPixelSpacing';
  return (
    <div className={styles.scale} data-millimetres={millimetres}>
      <span>{isAtDetector ? t('viewer.detector', { length }) : length}</span>
      <span className={styles.scaleBar} style={{ width: screenPixels }} />
    </div>
  );
}
