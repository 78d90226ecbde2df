/** What the archive knows, as plain readonly values spelled with DICOM keywords. */
import type { IndexedKeyword } from './attributes.ts';
import type { PacsErrorValue } from './errors.ts';

/** A row of a query: values as text, several separated by `\`, as DICOM writes them. Absent where the data set had none. */
export type Row = Readonly<Partial<Record<IndexedKeyword, string>>> & {
  /** ISO 8601, UTC: when the first (level below: latest) instance of this entity came. */
  readonly ReceivedAt?: string;
};

/** The DICOM identifiers of one instance. */
export interface Identifiers {
  readonly PatientID: string;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly SOPInstanceUID: string;
  readonly SOPClassUID: string;
}

/** Where an instance came from. */
export type Origin =
  | { readonly kind: 'dimse'; readonly remoteAddress: string; readonly callingAET: string; readonly calledAET: string }
  | { readonly kind: 'http'; readonly remoteAddress: string; readonly user?: string }
  | { readonly kind: 'import'; readonly path: string };

/** What became of one received instance. */
export interface Receipt extends Identifiers {
  readonly status: 'Success' | 'AlreadyStored';
  /** Bytes of the file. */
  readonly size: number;
}

/** One thing that was refused, for the report to a person. */
export interface Refusal {
  readonly at: string;
  readonly origin: Origin;
  readonly error: PacsErrorValue;
}

/** Totals of the archive; sizes in bytes. */
export interface Statistics {
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  readonly diskSize: number;
  /** Instances refused since the archive was made. */
  readonly refused: number;
}

/** How one frame comes to the window. */
export type PixelKind = 'uint8' | 'int16' | 'uint16' | 'float32' | 'rgb8';

/** What the viewer must know of one instance to show its frames; lengths in mm, times in ms. */
export interface InstanceView {
  readonly SOPInstanceUID: string;
  readonly SOPClassUID: string;
  readonly InstanceNumber?: number;
  readonly NumberOfFrames: number;
  readonly Rows: number;
  readonly Columns: number;
  readonly PhotometricInterpretation: string;
  readonly pixelKind: PixelKind;
  /** Row spacing, column spacing in mm, from PixelSpacing, else ImagerPixelSpacing; absent when unknown. */
  readonly spacing?: readonly [number, number];
  readonly spacingSource?: 'PixelSpacing' | 'ImagerPixelSpacing' | 'UltrasoundRegion';
  readonly ImagePositionPatient?: readonly [number, number, number];
  readonly ImageOrientationPatient?: readonly [number, number, number, number, number, number];
  readonly FrameOfReferenceUID?: string;
  readonly SliceThickness?: number;
  /** Windows in the order of the data set, in modality values. */
  readonly windows: readonly { readonly center: number; readonly width: number; readonly explanation?: string }[];
  readonly VOILUTFunction?: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
  /** MONOCHROME1, or PresentationLUTShape INVERSE. */
  readonly invert: boolean;
  /** Milliseconds a frame, from FrameTimeVector, FrameTime, CineRate or RecommendedDisplayFrameRate; empty when not a clip. */
  readonly frameTimes: readonly number[];
  readonly PixelAspectRatio?: readonly [number, number];
  readonly lossy: boolean;
  /** Texts for the image's corners. */
  readonly overlay: Readonly<Record<string, string>>;
}

/** What the viewer must know of one series; instances in the order of display. */
export interface SeriesView {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly Modality: string;
  readonly SeriesDescription?: string;
  readonly SeriesNumber?: number;
  readonly patient: { readonly PatientName?: string; readonly PatientID?: string; readonly PatientBirthDate?: string };
  readonly study: {
    readonly StudyDate?: string;
    readonly StudyDescription?: string;
    readonly InstitutionName?: string;
  };
  readonly instances: readonly InstanceView[];
  /** Names exactly these instances with these frames; the pixels are asked for with it, so that numbers mean the same. */
  readonly tag: string;
}

/** What to type into a scanner, and how the core is doing. */
export interface SystemInfo {
  readonly name: string;
  readonly version: string;
  readonly AETitle: string;
  readonly dicomPort?: number;
  /** Addresses of this computer that a scanner can reach. */
  readonly addresses: readonly string[];
  readonly httpPort?: number;
  readonly dicomWebRoot?: string;
  readonly archive: string;
  /** Bytes free on the disk of the archive. */
  readonly diskFree: number;
  readonly warnings: readonly string[];
}
