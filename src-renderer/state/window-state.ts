/** The stores of one window, made once and handed to every screen through React's context. */
import { createContext, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import type { WindowBridge } from '../bridge/window-bridge.ts';
import { createDevicesStore } from './devices-store.ts';
import type { DevicesState } from './devices-store.ts';
import { createImportStore } from './import-store.ts';
import type { ImportState } from './import-store.ts';
import { createJobsStore } from './jobs-store.ts';
import type { JobsState } from './jobs-store.ts';
import { createNavigationStore } from './navigation-store.ts';
import type { NavigationState } from './navigation-store.ts';
import { createNoticesStore } from './notices-store.ts';
import type { NoticesState } from './notices-store.ts';
import { createPatientSearchStore } from './patient-search-store.ts';
import type { PatientSearchState } from './patient-search-store.ts';
import { createRemoteStore } from './remote-store.ts';
import type { RemoteState } from './remote-store.ts';
import { createSendStore } from './send-store.ts';
import type { SendState } from './send-store.ts';
import { createSeriesStore } from './series-store.ts';
import type { SeriesState } from './series-store.ts';
import { createStudiesStore } from './studies-store.ts';
import type { StudiesState } from './studies-store.ts';
import { createSystemStore } from './system-store.ts';
import type { SystemState } from './system-store.ts';
import { createWorklistStore } from './worklist-store.ts';
import type { WorklistState } from './worklist-store.ts';

/** Every store of the window, and the bridge for what is only an address (thumbnails) or has a store of its own (viewer). */
export interface WindowState {
  readonly bridge: WindowBridge;
  readonly studies: StoreApi<StudiesState>;
  readonly series: StoreApi<SeriesState>;
  readonly imports: StoreApi<ImportState>;
  readonly system: StoreApi<SystemState>;
  readonly navigation: StoreApi<NavigationState>;
  readonly notices: StoreApi<NoticesState>;
  readonly devices: StoreApi<DevicesState>;
  readonly worklist: StoreApi<WorklistState>;
  readonly patientSearch: StoreApi<PatientSearchState>;
  readonly remote: StoreApi<RemoteState>;
  readonly send: StoreApi<SendState>;
  readonly jobs: StoreApi<JobsState>;
}

/** Makes the stores over one bridge; they listen as long as the page lives. */
export const createWindowState = (bridge: WindowBridge): WindowState => ({
  bridge,
  studies: createStudiesStore(bridge),
  series: createSeriesStore(bridge),
  imports: createImportStore(bridge),
  system: createSystemStore(bridge),
  navigation: createNavigationStore(),
  notices: createNoticesStore(),
  devices: createDevicesStore(bridge),
  worklist: createWorklistStore(bridge),
  patientSearch: createPatientSearchStore(bridge),
  remote: createRemoteStore(bridge),
  send: createSendStore(bridge),
  jobs: createJobsStore(bridge, localStorage),
});

/** Carries the stores to the screens. */
export const WindowStateContext = createContext<WindowState | undefined>(undefined);

/** The stores of this window. @throws Error outside of the context, which is a mistake in the program. */
export function useWindowState(): WindowState {
  const state = useContext(WindowStateContext);
  if (!state) throw new Error('useWindowState needs a WindowStateContext above it.');
  return state;
}
