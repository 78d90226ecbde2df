/** What a fake core knows beside its studies: devices, the worklist, jobs, and an archive elsewhere. */
import { inputs } from '#shared/contract.ts';
import type { CallName, EventName, Events, Input, RemoteRow } from '#shared/contract.ts';
import { PacsError } from '#shared/errors.ts';
import type { Device, Job, JobStatus, UnknownCaller, WorklistItem } from '#shared/model.ts';

/** The clinic; change it, then tell. */
export interface MadeClinic {
  readonly devices: Device[];
  readonly unknown: UnknownCaller[];
  readonly worklist: WorklistItem[];
  readonly jobs: Job[];
  /** Studies and series of the archive elsewhere. */
  readonly remote: { readonly studies: RemoteRow[]; readonly series: RemoteRow[] };
  /** What was asked of it, newest last. */
  readonly asked: (readonly [CallName, unknown])[];
}

/** Tells every window of an event. */
export type Tell = <N extends EventName>(name: N, event: Events[N]) => void;

/** An empty clinic. */
export const emptyClinic = (): MadeClinic => ({
  devices: [],
  unknown: [],
  worklist: [],
  jobs: [],
  remote: { studies: [], series: [] },
  asked: [],
});

/** A device that may do everything. */
export const madeDevice = (device: Pick<Device, 'name' | 'AET' | 'Host'> & Partial<Device>): Device => ({
  Port: 104,
  Manufacturer: 'Generic',
  UseDicomTls: false,
  RetrieveMethod: 'SystemDefault',
  AllowEcho: true,
  AllowStore: true,
  AllowFind: true,
  AllowFindWorklist: true,
  AllowMove: true,
  AllowGet: true,
  AllowStorageCommitment: true,
  AllowMpps: true,
  AllowTranscoding: true,
  isFixed: false,
  instancesReceived: 0,
  instancesSent: 0,
  ...device,
});

/** A worklist item with only what matters. */
export const madeItem = (item: Partial<WorklistItem> & Pick<WorklistItem, 'id' | 'PatientName'>): WorklistItem => ({
  status: 'scheduled',
  source: 'window',
  PatientID: '',
  PatientBirthDate: '',
  PatientSex: '',
  AccessionNumber: '',
  ReferringPhysicianName: '',
  StudyInstanceUID: `1.2.${item.id}`,
  RequestedProcedureID: item.id,
  RequestedProcedureDescription: '',
  Modality: 'PX',
  ScheduledStationAETitle: '',
  ScheduledStationName: '',
  ScheduledProcedureStepStartDate: '',
  ScheduledProcedureStepStartTime: '',
  ScheduledProcedureStepDescription: '',
  ScheduledProcedureStepID: item.id,
  ScheduledPerformingPhysicianName: '',
  createdAt: new Date().toISOString(),
  changedAt: new Date().toISOString(),
  ...item,
});

/** A job with only what matters. */
export const madeJob = (job: Partial<Job> & Pick<Job, 'id' | 'status'>): Job => ({
  type: 'DicomModalityStore',
  priority: 0,
  description: '',
  done: 0,
  total: 0,
  failed: 0,
  tries: 1,
  createdAt: new Date().toISOString(),
  content: {},
  ...job,
});

const after: Readonly<Record<Input<'jobs.control'>['action'], JobStatus>> = {
  cancel: 'cancelled',
  pause: 'paused',
  resume: 'running',
  resubmit: 'pending',
};

const pattern = (typed: string) =>
  new RegExp(`^${typed.replaceAll(/[.+^$(){}|[\]]/g, String.raw`\$&`).replaceAll('*', '.*')}$`, 'i');

/** True where every key that is not empty is found in the row, with wildcards and ranges of dates. */
function matches(row: RemoteRow, keys: Readonly<Record<string, string>>): boolean {
  return Object.entries(keys).every(([keyword, typed]) => {
    const value = row[keyword] ?? '';
    const range = /^(\d{8})?-(\d{8})?$/.exec(typed);
    if (range) return value >= (range[1] ?? '') && value <= (range[2] ?? '9');
    return typed === '' || pattern(typed).test(value);
  });
}

/** The calls of a clinic. */
export function clinicAnswers(
  clinic: MadeClinic,
  tell: Tell,
): { readonly [N in CallName]?: (input: never) => unknown } {
  let made = 0;
  const start = (job: Partial<Job>) => {
    const id = `job-${++made}`;
    clinic.jobs.unshift(madeJob({ id, status: 'running', startedAt: new Date().toISOString(), ...job }));
    tell('job.changed', clinic.jobs[0] as Job);
    return { jobId: id };
  };
  const changeItem = (id: string, change: Partial<WorklistItem>) => {
    const index = clinic.worklist.findIndex((item) => item.id === id);
    const item = clinic.worklist[index];
    if (!item) throw new PacsError('not-found', 'There is no such item.');
    clinic.worklist[index] = { ...item, ...change };
    tell('worklist.changed', {});
  };
  return {
    'devices.list': () => ({ devices: clinic.devices, unknown: clinic.unknown }),
    'devices.save': (input: Input<'devices.save'>) => {
      const { name, formerName, modality } = inputs['devices.save'].parse(input);
      const index = clinic.devices.findIndex((device) => device.name === (formerName ?? name));
      const former = clinic.devices[index];
      const device = madeDevice({ ...former, ...modality, name });
      clinic.devices.splice(index < 0 ? clinic.devices.length : index, index < 0 ? 0 : 1, device);
      tell('devices.changed', {});
    },
    'devices.remove': ({ name }: Input<'devices.remove'>) => {
      clinic.devices.splice(0, Infinity, ...clinic.devices.filter((device) => device.name !== name));
    },
    'devices.dismiss': ({ callingAET }: Input<'devices.dismiss'>) => {
      clinic.unknown.splice(0, Infinity, ...clinic.unknown.filter((caller) => caller.callingAET !== callingAET));
      tell('devices.changed', {});
    },
    'devices.echo': (input: Input<'devices.echo'>) => {
      const host =
        'modality' in input ? input.modality.Host : clinic.devices.find(({ name }) => name === input.name)?.Host;
      if (host?.endsWith('.99')) throw new PacsError('busy', 'Nothing listens at 192.168.1.99, port 104.');
      return { milliseconds: 12.4 };
    },
    'worklist.list': (input: Input<'worklist.list'>) => {
      const { from = '', to = '9', ScheduledStationAETitle, status, text } = inputs['worklist.list'].parse(input);
      const when = (item: WorklistItem) =>
        `${item.ScheduledProcedureStepStartDate} ${item.ScheduledProcedureStepStartTime}`;
      return clinic.worklist
        .filter(
          (item) =>
            item.ScheduledProcedureStepStartDate >= from &&
            item.ScheduledProcedureStepStartDate <= to &&
            (!ScheduledStationAETitle || item.ScheduledStationAETitle === ScheduledStationAETitle) &&
            (!status || status.includes(item.status)) &&
            (!text || JSON.stringify(item).toLowerCase().includes(text.toLowerCase())),
        )
        .toSorted((a, b) => when(a).localeCompare(when(b)));
    },
    'worklist.save': (input: Input<'worklist.save'>) => {
      const { id, item } = inputs['worklist.save'].parse(input);
      if (id === undefined) {
        clinic.worklist.push(madeItem({ ...item, id: `item-${++made}` }));
        tell('worklist.changed', {});
      } else changeItem(id, item);
      return { id: id ?? `item-${made}` };
    },
    'worklist.status': ({ id, status }: Input<'worklist.status'>) => changeItem(id, { status }),
    'worklist.remove': ({ id }: Input<'worklist.remove'>) => {
      clinic.worklist.splice(0, Infinity, ...clinic.worklist.filter((item) => item.id !== id));
    },
    'remote.find': (input: Input<'remote.find'>) => {
      const { name, level, keys } = inputs['remote.find'].parse(input);
      if (name === 'Broken') throw new PacsError('busy', 'Nothing listens at 192.168.1.99, port 104.');
      const rows = level === 'STUDY' ? clinic.remote.studies : clinic.remote.series;
      return { rows: rows.filter((row) => matches(row, keys as Record<string, string>)), isCut: false };
    },
    'remote.retrieve': ({ name, items }: Input<'remote.retrieve'>) =>
      start({ type: 'DicomMoveScu', description: name, total: items.length }),
    'remote.send': ({ name, scopes }: Input<'remote.send'>) => start({ description: name, total: scopes.length }),
    'jobs.list': () => clinic.jobs,
    'jobs.get': ({ id }: Input<'jobs.get'>) => clinic.jobs.find((job) => job.id === id),
    'jobs.control': ({ id, action }: Input<'jobs.control'>) => {
      const index = clinic.jobs.findIndex((job) => job.id === id);
      const job = clinic.jobs[index];
      if (!job) throw new PacsError('not-found', 'There is no such job.');
      clinic.jobs[index] = { ...job, status: after[action] };
      tell('job.changed', clinic.jobs[index]);
    },
    'jobs.priority': ({ id, priority }: Input<'jobs.priority'>) => {
      const index = clinic.jobs.findIndex((job) => job.id === id);
      if (index >= 0) clinic.jobs[index] = { ...(clinic.jobs[index] as Job), priority };
    },
  };
}
