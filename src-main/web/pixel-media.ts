/** The media types in which pixel data are given, PS3.18 Tables 8.7.3-4 and 8.7.3-5. */
import type { Header } from '../dicom/data-set.ts';
import { pixelCodec } from '../dicom/pixel-codec.ts';
import type { Offer } from './accept.ts';

/** Explicit VR Little Endian, by whose name uncompressed bulk data go. */
const ExplicitVRLittleEndian = '1.2.840.10008.1.2.1';

const root = '1.2.840.10008.1.2.';

/** Transfer syntaxes behind the root, by media type. */
const compressed: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/^4\.(5\d|6\d|70)$/, 'image/jpeg'],
  [/^4\.8[01]$/, 'image/jls'],
  [/^4\.9[01]$/, 'image/jp2'],
  [/^4\.9[23]$/, 'image/jpx'],
  [/^4\.10[01](\.1)?$/, 'video/mpeg2'],
  [/^4\.10[2-8](\.1)?$/, 'video/mp4'],
  [/^4\.11[0-2]$/, 'image/jxl'],
  [/^4\.20[1-3]$/, 'image/jphc'],
  [/^5$/, 'image/dicom-rle'],
];

/** The media type of one compressed frame of a transfer syntax. */
const compressedMediaType = (TransferSyntaxUID: string): string =>
  compressed.find(([pattern]) => pattern.test(TransferSyntaxUID.slice(root.length)))?.[1] ?? 'application/octet-stream';

/** True where frames lie in fragments, PS3.5 A.4. */
export const isEncapsulated = (header: Header): boolean =>
  header.pixelData !== undefined && header.pixelData.length < 0;

// Fragments that hold frames as they are.
const EncapsulatedUncompressed = '1.2.840.10008.1.2.1.98';

/** By which transfer syntax the bytes of a frame go. */
export const frameSyntax = (header: Header): string =>
  isEncapsulated(header) && header.TransferSyntaxUID !== EncapsulatedUncompressed
    ? header.TransferSyntaxUID
    : ExplicitVRLittleEndian;

/** A form in which frames can be given. */
export interface FrameForm {
  readonly type: string;
  readonly transferSyntax: string;
}

const octets = 'application/octet-stream';

/**
 * The offers for a file's frames, the kept form first. Uncompressed frames are octets by the name of Explicit VR Little Endian,
 * and so are decoded ones, which are the default of octets (PS3.18 8.7.3.3); compressed ones go by their own media type, and as
 * octets to who asks for their transfer syntax or for any.
 */
export function frameOffers(header: Header, isSingle: boolean): readonly Offer<FrameForm>[] {
  return (isSingle ? [true, false] : [true]).flatMap((isMultipart) =>
    formsOf(header).map((form) => ({ ...form, isMultipart, value: form })),
  );
}

function formsOf(header: Header): readonly (FrameForm & { readonly isDefault: boolean })[] {
  const transferSyntax = frameSyntax(header);
  const own = compressedMediaType(transferSyntax);
  const isDecodable = transferSyntax !== ExplicitVRLittleEndian && pixelCodec(header) !== 'unsupported';
  const kept = [...new Set([own, octets])].map((type) => ({
    type,
    transferSyntax,
    isDefault: type === own && !(type === octets && isDecodable),
  }));
  const decoded = { type: octets, transferSyntax: ExplicitVRLittleEndian, isDefault: true };
  return isDecodable ? [...kept, decoded] : kept;
}

/** The Content-Type of a part in that form. */
export const contentType = ({ type, transferSyntax }: FrameForm): string =>
  `${type}; transfer-syntax=${transferSyntax}`;
