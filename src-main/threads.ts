/** Where the code of a thread lies: beside the sources as .ts, beside the bundle as .js. */

/** URL of a worker's entry, given the URL of the module that starts it and the entry's path from there without extension. */
export function threadEntry(from: string, path: string): string {
  const bundled = !from.endsWith('.ts');
  /* The build puts every worker entry flat beside the bundle. */
  const name = bundled ? `./${path.slice(path.lastIndexOf('/') + 1)}.js` : `${path}.ts`;
  return new URL(name, from).href;
}
