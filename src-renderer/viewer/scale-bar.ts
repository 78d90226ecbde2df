/** The length of the scale bar: a round number of millimetres that suits the zoom. */

/** A bar to draw. */
export interface ScaleBar {
  /** Length in mm: 1, 2 or 5 times a power of ten. */
  readonly millimetres: number;
  readonly screenPixels: number;
}

/** The longest round bar of at most `longest` screen pixels. */
export function scaleBar(millimetresPerPixel: number, longest: number): ScaleBar {
  const most = millimetresPerPixel * longest;
  const power = 10 ** Math.floor(Math.log10(most));
  const millimetres = power * ([5, 2, 1].find((step) => step * power <= most) ?? 1);
  return { millimetres, screenPixels: millimetres / millimetresPerPixel };
}
