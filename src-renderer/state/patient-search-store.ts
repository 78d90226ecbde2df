/** Patients of the archive who match what is being typed, so that nobody types a known one again. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Row } from '#shared/model.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';

/** State and actions of the search. */
export interface PatientSearchState {
  /** Each patient once, by the latest study. */
  readonly patients: readonly Row[];
  ask(text: string): void;
}

/** Milliseconds a typed letter waits for the next one. */
const typingPause = 200;
/** Letters below which there would be too many. */
const leastLetters = 2;
/** Studies asked for, and patients shown of them. */
const [studies, maximum] = [60, 6];

const patientKey = ({ PatientID = '', PatientName = '' }: Row) => `${PatientID}\\${PatientName}`;

/** Makes the search. */
export const createPatientSearchStore = (bridge: WindowBridge): StoreApi<PatientSearchState> =>
  createStore<PatientSearchState>((set) => {
    let typing: ReturnType<typeof setTimeout> | undefined;
    let asked = '';
    const load = async (text: string) => {
      const order = [{ key: 'StudyDate' as const, descending: true }];
      // Nothing is lost where it fails: the fields are typed by hand then.
      const { rows } = await bridge
        .call('studies.list', { text, order, limit: studies })
        .catch(() => ({ rows: [] as readonly Row[] }));
      if (text !== asked) return;
      const patients = new Map<string, Row>();
      for (const row of rows) if (!patients.has(patientKey(row))) patients.set(patientKey(row), row);
      set({ patients: [...patients.values()].slice(0, maximum) });
    };
    return {
      patients: [],
      ask: (typed) => {
        const text = typed.trim();
        clearTimeout(typing);
        asked = text;
        if (text.length < leastLetters) set({ patients: [] });
        else typing = setTimeout(() => void load(text), typingPause);
      },
    };
  });
