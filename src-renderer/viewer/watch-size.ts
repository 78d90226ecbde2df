/** Tells of each new size of an element in device pixels: another size, another zoom of the page, another display. */

/** Listens; the answer stops. */
export function watchSize(element: Element, changed: () => void): () => void {
  const ending = new AbortController();
  const observer = new ResizeObserver(changed);
  observer.observe(element, { box: 'device-pixel-content-box' });

  /** Browsers do not measure an element again where only the pixel ratio changes; the query holds for one ratio. */
  const watchRatio = () => {
    const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const another = () => {
      watchRatio();
      changed();
    };
    query.addEventListener('change', another, { once: true, signal: ending.signal });
  };
  watchRatio();
  return () => {
    observer.disconnect();
    ending.abort();
  };
}
