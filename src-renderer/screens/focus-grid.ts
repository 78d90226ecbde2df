/** The way back to the list of the screen that is on, for the keys. */

/** Gives the keys to the list. */
export const focusGrid = (): void =>
  document.querySelector<HTMLElement>('[data-screen]:not([inert]) :is([role="grid"], [role="treegrid"])')?.focus();
