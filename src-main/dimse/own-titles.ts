/** Our own AE titles on one port, each with its label and its rights. */
import type { Operation } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import { aeTitleKey } from '../peers/ae-title.ts';

/** One of our AE titles. */
export interface OwnTitle {
  readonly AET: string;
  /** Put on what comes under this title; who calls it sees nothing without it. */
  readonly Label?: string | undefined;
  /** What may be done under this title, whoever calls. */
  readonly allows: (operation: Operation) => boolean;
}

/** Finds the title that a caller means; undefined where it is none of ours and DicomCheckCalledAet asks for one. */
export type OwnTitles = (calledAET: string) => OwnTitle | undefined;

/** The titles of these settings: DicomAet with all rights, and those of AETitles. */
export function createOwnTitles(settings: Settings): OwnTitles {
  const { DicomAet, DicomCheckCalledAet, Chairside } = settings;
  const key = aeTitleKey(settings);
  const main: OwnTitle = { AET: DicomAet, allows: () => true };
  const titles = new Map<string, OwnTitle>([[key(DicomAet), main]]);
  for (const { AET, Label, ...rights } of Chairside.AETitles)
    titles.set(key(AET), { AET, Label, allows: (operation) => rights[`Allow${operation}`] });
  return (calledAET) => titles.get(key(calledAET)) ?? (DicomCheckCalledAet ? undefined : main);
}
