/** Letters as dots, five by seven, for the texts that devices burn into their images. */

/** Columns from left to right, the lowest bit on top. */
const glyphs: Readonly<Record<string, string>> = {
  A: '7E1111117E', B: '7F49494936', C: '3E41414122', D: '7F4141221C', E: '7F49494941', F: '7F09090901', G: '3E4149497A',
  H: '7F0808087F', I: '00417F4100', J: '2040413F01', K: '7F08142241', L: '7F40404040', M: '7F020C027F', N: '7F0408107F',
  O: '3E4141413E', P: '7F09090906', Q: '3E4151215E', R: '7F09192946', S: '4649494931', T: '01017F0101', U: '3F4040403F',
  V: '1F2040201F', W: '7F2018207F', X: '6314081463', Y: '0304780403', Z: '6151494543', 0: '3E5149453E', 1: '00427F4000',
  2: '4261514946', 3: '2141454B31', 4: '1814127F10', 5: '2745454539', 6: '3C4A494930', 7: '0171090503', 8: '3649494936',
  9: '064949291E', '.': '0060600000', ':': '0036360000', '/': '2010080402', '-': '0808080808', '+': '08083E0808',
}; // prettier-ignore

/** An image that can be written on. */
interface Drawable {
  readonly values: Uint16Array | Uint8Array;
  readonly rows: number;
  readonly columns: number;
}

/** Writes capitals, digits and .:/-+ at (left, top) in dots of `size` pixels; other characters leave a gap. */
export function drawText(image: Drawable, text: string, left: number, top: number, size: number, value: number): void {
  [...text].forEach((letter, index) => {
    const columns = Buffer.from(glyphs[letter] ?? '', 'hex');
    columns.forEach((bits, column) => {
      for (let row = 0; row < 7; row++)
        if ((bits >> row) & 1) fillSquare(image, left + (index * 6 + column) * size, top + row * size, size, value);
    });
  });
}

function fillSquare({ values, rows, columns }: Drawable, left: number, top: number, size: number, value: number): void {
  for (let y = Math.max(0, top); y < Math.min(rows, top + size); y++)
    values.fill(value, y * columns + Math.max(0, left), y * columns + Math.min(columns, left + size));
}
