/** The formats of the window's language, for every part that shows a date, a number or a size. */
import { createContext, useContext } from 'react';
import { createFormat } from './format.ts';
import type { Format } from './format.ts';

/** Carries the formats; one subscription to the language for the whole window instead of one a cell. */
export const FormatContext = createContext<Format>(createFormat('en'));

/** The formats of the language that is on. */
export const useFormat = (): Format => useContext(FormatContext);
