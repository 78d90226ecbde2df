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

/** A DICOM node that we know: how to reach it and what it may do here (option names of the reference implementation). */
export interface Modality {
  /** Our name for it, unique. */
  readonly name: string;
  readonly AET: string;
  readonly Host: string;
  readonly Port: number;
  readonly Manufacturer: string;
  /** The AE title that we call it with; DicomAet if not given. */
  readonly LocalAet?: string | undefined;
  /** Seconds to wait for its answers; DicomScuTimeout if not given. */
  readonly Timeout?: number | undefined;
  readonly UseDicomTls: boolean;
  readonly RetrieveMethod: 'SystemDefault' | 'C-MOVE' | 'C-GET';
  readonly AllowEcho: boolean;
  readonly AllowStore: boolean;
  readonly AllowFind: boolean;
  readonly AllowFindWorklist: boolean;
  readonly AllowMove: boolean;
  readonly AllowGet: boolean;
  readonly AllowStorageCommitment: boolean;
  readonly AllowMpps: boolean;
  readonly AllowTranscoding: boolean;
}

/** All that a DICOM node may ask of us. */
export const operations = [
  'Echo',
  'Store',
  'Find',
  'FindWorklist',
  'Move',
  'Get',
  'StorageCommitment',
  'Mpps',
] as const;

/** What a DICOM node may ask of us. */
export type Operation = (typeof operations)[number];

/** A known node with what was seen of it since the archive was made; times ISO 8601, UTC. */
export interface Device extends Modality {
  /** True for one of the configuration file: it is changed there. */
  readonly isFixed: boolean;
  readonly lastContact?: string | undefined;
  /** The last thing that went wrong with it, in words. */
  readonly lastError?: string | undefined;
  readonly lastErrorAt?: string | undefined;
  readonly instancesReceived: number;
  readonly instancesSent: number;
}

/** A caller that we do not know and that was refused. */
export interface UnknownCaller {
  readonly callingAET: string;
  readonly remoteAddress: string;
  readonly count: number;
  readonly lastAt: string;
  /** Why it was refused, in words. */
  readonly reason: string;
}

/** Where a scheduled procedure step stands. */
export type WorklistStatus = 'scheduled' | 'arrived' | 'in progress' | 'completed' | 'discontinued';

/** One scheduled procedure step; dates `YYYYMMDD`, times `HHMMSS`, names as DICOM writes them. */
export interface WorklistItem {
  readonly id: string;
  readonly status: WorklistStatus;
  /** `file` ones follow their .wl file and are changed there. */
  readonly source: 'window' | 'rest' | 'file';
  readonly PatientName: string;
  readonly PatientID: string;
  readonly PatientBirthDate: string;
  readonly PatientSex: string;
  readonly AccessionNumber: string;
  readonly ReferringPhysicianName: string;
  readonly StudyInstanceUID: string;
  readonly RequestedProcedureID: string;
  readonly RequestedProcedureDescription: string;
  readonly Modality: string;
  readonly ScheduledStationAETitle: string;
  readonly ScheduledStationName: string;
  readonly ScheduledProcedureStepStartDate: string;
  readonly ScheduledProcedureStepStartTime: string;
  readonly ScheduledProcedureStepDescription: string;
  readonly ScheduledProcedureStepID: string;
  readonly ScheduledPerformingPhysicianName: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly changedAt: string;
}

/** Where a job stands. `retry`: it failed for now and is tried again at `nextTryAt`. */
export type JobStatus = 'pending' | 'running' | 'paused' | 'retry' | 'success' | 'failure' | 'cancelled';

/** The kinds of long work. */
export type JobType =
  | 'DicomModalityStore'
  | 'DicomMoveScu'
  | 'DicomGetScu'
  | 'DicomMoveScp'
  | 'StorageCommitmentScu'
  | 'StorageCommitmentScp'
  | 'MppsForward';

/** One long work; times ISO 8601, UTC. */
export interface Job {
  readonly id: string;
  readonly type: JobType;
  readonly status: JobStatus;
  /** Larger goes first; 0 by default. */
  readonly priority: number;
  /** What it does, in words without patient data, such as the name of a node. */
  readonly description: string;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly tries: number;
  readonly createdAt: string;
  readonly startedAt?: string | undefined;
  readonly endedAt?: string | undefined;
  readonly nextTryAt?: string | undefined;
  /** Why it failed or is tried again, in words. */
  readonly error?: PacsErrorValue | undefined;
  /** What it was asked to do and what came out; depends on the type. */
  readonly content: unknown;
  readonly output?: unknown;
}

/** Which of our instances are meant; what is absent means all below. */
export interface ResourceScope {
  readonly PatientID?: string | undefined;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID?: string | undefined;
  readonly SOPInstanceUID?: string | undefined;
}
