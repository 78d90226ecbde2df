/** Whether a key pressed now is meant for the screens: a dialog or the viewer has the keys to itself. */

/** True while neither a dialog nor the viewer is open. */
export function hasKeys(): boolean {
  const focused = document.activeElement;
  const ours = document.querySelector('[data-window]:not([inert])');
  return ours !== null && (focused === document.body || ours.contains(focused));
}
