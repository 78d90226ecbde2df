/** Stands in for xmlbuilder2, which vtk.js' XML readers load and the window never calls. */

const refuse = (): never => {
  throw new Error('XML input of vtk.js is not part of this program.');
};

/** Throws. */
export const create = refuse;
/** Throws. */
export const builder = refuse;
/** Throws. */
export const fragment = refuse;
/** Throws. */
export const convert = refuse;
