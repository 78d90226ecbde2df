/** Which transfer syntax an image is changed into for a peer that does not take the one it is kept in: never one that loses something. */

/**
 * The syntaxes that can be written without loss, in the order in which they are taken: what every peer reads and what costs
 * least first, then compression by how widely it is read, PS3.5 Annex A.
 */
export const losslessTargets = [
  '1.2.840.10008.1.2.1', // explicit VR little endian
  '1.2.840.10008.1.2', // implicit VR little endian
  '1.2.840.10008.1.2.2', // explicit VR big endian
  '1.2.840.10008.1.2.1.99', // deflated
  '1.2.840.10008.1.2.4.70', // JPEG lossless, selection value 1
  '1.2.840.10008.1.2.4.57', // JPEG lossless
  '1.2.840.10008.1.2.4.80', // JPEG-LS lossless
  '1.2.840.10008.1.2.4.90', // JPEG 2000 lossless
  '1.2.840.10008.1.2.5', // RLE
  '1.2.840.10008.1.2.4.201', // high-throughput JPEG 2000 lossless
  '1.2.840.10008.1.2.4.202',
  '1.2.840.10008.1.2.4.110', // JPEG XL lossless
  '1.2.840.10008.1.2.8.1', // deflated image frames
  '1.2.840.10008.1.2.1.98', // encapsulated uncompressed
] as const;

/** The syntax of those accepted that an image is changed into: `preferred` if it may be, else the first of `losslessTargets`. */
export function chooseTarget(accepted: readonly string[], preferred?: string): string | undefined {
  const isTaken = (uid: string): boolean => accepted.includes(uid);
  return losslessTargets.find((uid) => uid === preferred && isTaken(uid)) ?? losslessTargets.find(isTaken);
}
