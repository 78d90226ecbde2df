/** The transfer syntaxes of PS3.5 A and PS3.6 A that are taken, and what each says about a data set. */

/** One transfer syntax. */
export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  /** Pixel data come in fragments, PS3.5 A.4. */
  readonly encapsulated: boolean;
  /** Pixels may not be those of the original. */
  readonly lossy: boolean;
  /** The data set is deflated, PS3.5 A.5. */
  readonly deflated: boolean;
  readonly bigEndian: boolean;
  readonly explicitVR: boolean;
}

const root = '1.2.840.10008.1.2';

// UID behind its root, name, and letters: e encapsulated, l lossy, d deflated, b big endian, i implicit VR.
const rows: readonly (readonly [string, string, string])[] = [
  ['', 'Implicit VR Little Endian', 'i'],
  ['.1', 'Explicit VR Little Endian', ''],
  ['.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', 'e'],
  ['.1.99', 'Deflated Explicit VR Little Endian', 'd'],
  ['.2', 'Explicit VR Big Endian', 'b'],
  ['.4.50', 'JPEG Baseline (Process 1)', 'el'],
  ['.4.51', 'JPEG Extended (Process 2 and 4)', 'el'],
  ['.4.52', 'JPEG Extended (Process 3 and 5)', 'el'],
  ['.4.53', 'JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)', 'el'],
  ['.4.54', 'JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)', 'el'],
  ['.4.55', 'JPEG Full Progression, Non-Hierarchical (Process 10 and 12)', 'el'],
  ['.4.56', 'JPEG Full Progression, Non-Hierarchical (Process 11 and 13)', 'el'],
  ['.4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)', 'e'],
  ['.4.58', 'JPEG Lossless, Non-Hierarchical (Process 15)', 'e'],
  ['.4.59', 'JPEG Extended, Hierarchical (Process 16 and 18)', 'el'],
  ['.4.60', 'JPEG Extended, Hierarchical (Process 17 and 19)', 'el'],
  ['.4.61', 'JPEG Spectral Selection, Hierarchical (Process 20 and 22)', 'el'],
  ['.4.62', 'JPEG Spectral Selection, Hierarchical (Process 21 and 23)', 'el'],
  ['.4.63', 'JPEG Full Progression, Hierarchical (Process 24 and 26)', 'el'],
  ['.4.64', 'JPEG Full Progression, Hierarchical (Process 25 and 27)', 'el'],
  ['.4.65', 'JPEG Lossless, Hierarchical (Process 28)', 'e'],
  ['.4.66', 'JPEG Lossless, Hierarchical (Process 29)', 'e'],
  ['.4.70', 'JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])', 'e'],
  ['.4.80', 'JPEG-LS Lossless Image Compression', 'e'],
  ['.4.81', 'JPEG-LS Lossy (Near-Lossless) Image Compression', 'el'],
  ['.4.90', 'JPEG 2000 Image Compression (Lossless Only)', 'e'],
  ['.4.91', 'JPEG 2000 Image Compression', 'el'],
  ['.4.92', 'JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)', 'e'],
  ['.4.93', 'JPEG 2000 Part 2 Multi-component Image Compression', 'el'],
  ['.4.94', 'JPIP Referenced', 'l'],
  ['.4.95', 'JPIP Referenced Deflate', 'ld'],
  ['.4.100', 'MPEG2 Main Profile / Main Level', 'el'],
  ['.4.101', 'MPEG2 Main Profile / High Level', 'el'],
  ['.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1', 'el'],
  ['.4.103', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', 'el'],
  ['.4.104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', 'el'],
  ['.4.105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', 'el'],
  ['.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'el'],
  ['.4.107', 'HEVC/H.265 Main Profile / Level 5.1', 'el'],
  ['.4.108', 'HEVC/H.265 Main 10 Profile / Level 5.1', 'el'],
  ['.4.110', 'JPEG XL Lossless', 'e'],
  ['.4.111', 'JPEG XL JPEG Recompression', 'el'],
  ['.4.112', 'JPEG XL', 'el'],
  ['.4.201', 'High-Throughput JPEG 2000 Image Compression (Lossless Only)', 'e'],
  ['.4.202', 'High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)', 'e'],
  ['.4.203', 'High-Throughput JPEG 2000 Image Compression', 'el'],
  ['.5', 'RLE Lossless', 'e'],
  ['.6.1', 'RFC 2557 MIME encapsulation', ''],
  ['.6.2', 'XML Encoding', ''],
  ['.8.1', 'Deflated Image Frame Compression', 'e'],
];

/** All that are known, in the order of their UIDs. */
export const transferSyntaxes: readonly TransferSyntax[] = rows.map(([uid, name, flags]) => ({
  uid: root + uid,
  name,
  encapsulated: flags.includes('e'),
  lossy: flags.includes('l'),
  deflated: flags.includes('d'),
  bigEndian: flags.includes('b'),
  explicitVR: !flags.includes('i'),
}));

const byUID = new Map(transferSyntaxes.map((syntax) => [syntax.uid, syntax]));

/** The transfer syntax of a UID, or undefined for private and unknown ones. */
export const findTransferSyntax = (uid: string): TransferSyntax | undefined => byUID.get(uid);
