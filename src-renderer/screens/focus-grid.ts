/** The way back to the study list for the keys. */

/** Gives the keys to the study list. */
export const focusGrid = (): void => document.querySelector<HTMLElement>('[role="grid"]')?.focus();
