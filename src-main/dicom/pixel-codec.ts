/** Which codec each transfer syntax needs for its pixels, PS3.5 Annex A. */
import type { Header } from './data-set.ts';

/** The ways in which frames are written. */
export type PixelCodec = 'native' | 'deflated' | 'rle' | 'jpeg' | 'jpegls' | 'jpeg2000' | 'jpegxl' | 'unsupported';

const encapsulatedCodecs: Readonly<Record<string, PixelCodec>> = {
  '1.2.840.10008.1.2.1.98': 'native',
  '1.2.840.10008.1.2.8.1': 'deflated',
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.4.80': 'jpegls',
  '1.2.840.10008.1.2.4.81': 'jpegls',
  '1.2.840.10008.1.2.4.90': 'jpeg2000',
  '1.2.840.10008.1.2.4.91': 'jpeg2000',
  '1.2.840.10008.1.2.4.92': 'jpeg2000',
  '1.2.840.10008.1.2.4.93': 'jpeg2000',
  '1.2.840.10008.1.2.4.110': 'jpegxl',
  '1.2.840.10008.1.2.4.111': 'jpegxl',
  '1.2.840.10008.1.2.4.112': 'jpegxl',
  '1.2.840.10008.1.2.4.201': 'jpeg2000',
  '1.2.840.10008.1.2.4.202': 'jpeg2000',
  '1.2.840.10008.1.2.4.203': 'jpeg2000',
};

/** Processes 1 to 29 of JPEG, 4.50 to 4.66 and 4.70; the retired hierarchical ones fail in the codec. */
const isJpeg = (uid: string): boolean => /^1\.2\.840\.10008\.1\.2\.4\.(5\d|6[0-6]|70)$/.test(uid);

/** MPEG-2, MPEG-4 and HEVC, whose frames depend on each other. */
export const isVideo = (uid: string): boolean => /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?$/.test(uid);

/** The codec of a file's frames; native data are read as such whatever syntax the file names. */
export function pixelCodec(header: Header): PixelCodec {
  if (header.pixelData && header.pixelData.length >= 0) return 'native';
  const uid = header.TransferSyntaxUID;
  return encapsulatedCodecs[uid] ?? (isJpeg(uid) ? 'jpeg' : 'unsupported');
}

const lossyUids = /^1\.2\.840\.10008\.1\.2\.4\.(5[0-6]|5[89]|6[0-4]|81|91|93|203|10[0-8](\.1)?|112)$/;

/** True for syntaxes that lose something; those that may or may not (4.91, 4.203) count as such unless the data set denies it. */
export const isLossySyntax = (uid: string): boolean => lossyUids.test(uid);
