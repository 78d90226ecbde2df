/** Where things lie on the ultrasound clip's screen, and how its flow is coloured. */

/** Rows and columns of a frame. */
export const ultrasoundRows = 480;
export const ultrasoundColumns = 640;
/** The scale of the sector, both ways. */
export const centimetresPerPixel = 0.04;
/** Where the sector's rays meet, in pixels. */
export const sectorApex = { x: 320, y: 26 } as const;
/** Reach of the sector from its apex in cm, and half its opening in radians. */
export const sectorReach = { from: 0.5, to: 16, angle: 0.68 } as const;

/** The colour of a velocity as a part (-1 to 1) of the fastest: dark red to yellow, dark blue to cyan. */
export function flowColour(image: Uint8Array, at: number, part: number): void {
  const t = Math.min(1, Math.abs(part));
  const strong = Math.round(70 + 185 * Math.min(1, t * 1.5));
  const mixed = Math.round(235 * t ** 2.2);
  image[at] = part > 0 ? strong : Math.round(mixed * 0.25);
  image[at + 1] = mixed;
  image[at + 2] = part > 0 ? Math.round(mixed * 0.15) : strong;
}
