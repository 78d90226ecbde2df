/** All worklist items in memory, found by id, file, study, accession number, step, and the open ones by day and station. */
import type { DicomJson } from '../dicom/dicom-json.ts';
import { items, text, texts } from '../dicom/data-set-values.ts';
import { isDone, stepsOf, type Entry } from './item.ts';
import { tags } from './tags.ts';

/** An open scheduled procedure step, ready to be matched. */
export interface OpenStep {
  readonly entry: Entry;
  readonly dataSet: DicomJson;
  /** Date, time and id of the item: the order of answers. */
  readonly order: string;
  /** False where no station is named: it is for every station. */
  readonly isAssigned: boolean;
}

type Groups<T> = Map<string, Set<T>>;

function add<T>(groups: Groups<T>, key: string, value: T): void {
  const group = groups.get(key);
  if (group) group.add(value);
  else groups.set(key, new Set([value]));
}

function drop<T>(groups: Groups<T>, key: string, value: T): void {
  const group = groups.get(key);
  group?.delete(value);
  if (group?.size === 0) groups.delete(key);
}

/** Which open steps can match at all; absent parts leave all. */
export interface Narrowing {
  /** Days, inclusive; an absent end is open. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** An AE title in capitals. */
  readonly station?: string | undefined;
}

/** The items; each change replaces an entry whole. */
export class ItemsIndex {
  readonly #entries = new Map<string, Entry>();
  readonly #steps = new Map<string, readonly OpenStep[]>();
  readonly #files = new Map<string, Entry>();
  readonly #groups: Groups<string> = new Map();
  readonly #days: Groups<OpenStep> = new Map();
  readonly #stations: Groups<OpenStep> = new Map();

  get all(): Iterable<Entry> {
    return this.#entries.values();
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  ofFile(name: string): Entry | undefined {
    return this.#files.get(name);
  }

  get files(): ReadonlyMap<string, Entry> {
    return this.#files;
  }

  /** The items of a value of an attribute that identifies. */
  with(keyword: 'StudyInstanceUID' | 'AccessionNumber' | 'ScheduledProcedureStepID', value: string): readonly Entry[] {
    return [...(this.#groups.get(`${keyword} ${value}`) ?? [])].map((id) => this.#entries.get(id)!);
  }

  put(entry: Entry): void {
    this.remove(entry.id);
    this.#entries.set(entry.id, entry);
    if (entry.file !== null) this.#files.set(entry.file, entry);
    for (const key of identifying(entry)) add(this.#groups, key, entry.id);
    if (isDone(entry.status)) return;
    const steps = stepsOf(entry).map((dataSet) => openStep(entry, dataSet));
    this.#steps.set(entry.id, steps);
    for (const step of steps) this.#each(step, add);
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    if (entry.file !== null) this.#files.delete(entry.file);
    for (const key of identifying(entry)) drop(this.#groups, key, id);
    for (const step of this.#steps.get(id) ?? []) this.#each(step, drop);
    this.#steps.delete(id);
  }

  #each(step: OpenStep, change: typeof add<OpenStep>): void {
    change(this.#days, dayOf(step.dataSet), step);
    for (const station of stationsOf(step.dataSet)) change(this.#stations, station, step);
  }

  /** The open steps that a narrowing leaves, by whichever of day and station leaves fewer. */
  open({ from, to, station }: Narrowing): Iterable<OpenStep> {
    const days = from === undefined && to === undefined ? undefined : this.#within(from, to);
    const ofStation = station === undefined ? undefined : this.#ofStation(station);
    if (days && ofStation) return size(days) <= size(ofStation) ? union(days) : union(ofStation);
    return days || ofStation ? union(days ?? ofStation ?? []) : union([...this.#days.values()]);
  }

  #within(from: string | undefined, to: string | undefined): Set<OpenStep>[] {
    const isIn = (day: string) => (from === undefined || day >= from) && (to === undefined || day <= to);
    return [...this.#days].filter(([day]) => day !== '' && isIn(day)).map(([, steps]) => steps);
  }

  #ofStation(station: string): Set<OpenStep>[] {
    return [station, ''].flatMap((key) => this.#stations.get(key) ?? []);
  }
}

const size = (sets: readonly ReadonlySet<unknown>[]): number => sets.reduce((sum, set) => sum + set.size, 0);

/* A step of two stations is in two sets, but only one of them is asked for. */
function* union<T>(sets: readonly Iterable<T>[]): Iterable<T> {
  for (const set of sets) yield* set;
}

const stepItems = (dataSet: DicomJson) => items(dataSet, tags.ScheduledProcedureStepSequence);
const dayOf = (dataSet: DicomJson): string =>
  text(stepItems(dataSet)[0] ?? {}, tags.ScheduledProcedureStepStartDate).replaceAll('.', '');
const stationsOf = (dataSet: DicomJson): readonly string[] => {
  const stations = texts(stepItems(dataSet)[0] ?? {}, tags.ScheduledStationAETitle).filter((station) => station !== '');
  return stations.length > 0 ? [...new Set(stations.map((station) => station.toUpperCase()))] : [''];
};

function openStep(entry: Entry, dataSet: DicomJson): OpenStep {
  const time = text(stepItems(dataSet)[0] ?? {}, tags.ScheduledProcedureStepStartTime);
  const isAssigned = stationsOf(dataSet)[0] !== '';
  return { entry, dataSet, order: `${dayOf(dataSet)} ${time} ${entry.createdAt} ${entry.id}`, isAssigned };
}

function identifying({ dataSet }: Entry): readonly string[] {
  const keys = (['StudyInstanceUID', 'AccessionNumber'] as const).map(
    (keyword) => [keyword, text(dataSet, tags[keyword])] as const,
  );
  const steps = stepItems(dataSet).map(
    (step) => ['ScheduledProcedureStepID', text(step, tags.ScheduledProcedureStepID)] as const,
  );
  return [...keys, ...steps].filter(([, value]) => value !== '').map(([keyword, value]) => `${keyword} ${value}`);
}
