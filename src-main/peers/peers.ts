/** The door of the room that knows the other DICOM nodes: who they are, what they may do here, and what was seen of them. */
import { createEmitter, type Emitter } from '#shared/emitter.ts';
import { PacsError } from '#shared/errors.ts';
import type { Device, Modality, Operation, UnknownCaller } from '#shared/model.ts';
import { modalitySchema, type Settings } from '#shared/settings.ts';
import type { Records } from '../records/records.ts';
import { plainAddress } from './address.ts';
import { createContacts, type ContactRow, type Contacts } from './contacts.ts';
import { createGathering, type CallerSighting } from './gathering.ts';
import { createHostAddresses, type HostAddresses } from './host-addresses.ts';
import { createModalityBook, type ModalityBook } from './modality-book.ts';
import { createOnceASecond } from './once-a-second.ts';
import { mayModality, mayUnknown, no, type Verdict } from './permission.ts';
import { createUnknownCallers, type UnknownCallers } from './unknown-callers.ts';

export type { Verdict } from './permission.ts';

/** A node that we called, or a caller. */
type Seen = { readonly name: string } | { readonly callingAET: string; readonly remoteAddress: string };

/** Whom we know. */
export interface Peers {
  list(): readonly Modality[];
  get(name: string): Modality | undefined;
  /** The first node of that AE title, such as the destination of a C-MOVE. */
  titled(AET: string): Modality | undefined;
  /** The known node of that AE title; where several have it, the one of that address; only that with DicomCheckModalityHost. */
  find(callingAET: string, remoteAddress: string): Promise<Modality | undefined>;
  /** Whether a caller may do that: a known one by its rights, an unknown one by DicomAlwaysAllow. */
  may(callingAET: string, remoteAddress: string, operation: Operation): Promise<Verdict>;
  /**
   * Adds a node or changes the one of that name; `formerName` renames. Resolves when it is kept.
   * @throws PacsError `bad-request` for one of the configuration file or a name that is taken, `not-found` for an unknown former name
   */
  save(name: string, modality: Omit<Modality, 'name'>, formerName?: string): Promise<void>;
  /** @throws PacsError `bad-request` for one of the configuration file, `not-found` for none */
  remove(name: string): Promise<void>;
  devices(): Promise<{ devices: readonly Device[]; unknown: readonly UnknownCaller[] }>;
  /** Forgets that this unknown caller was refused. */
  dismiss(callingAET: string, remoteAddress: string): Promise<void>;
  /** Notes a contact, or with an error of a node that we called the attempt; counts are instances. Written at most once a second. */
  seen(node: Seen, what?: { received?: number; sent?: number; error?: string }): void;
  /** Notes a refusal: an unknown caller is listed, for a known one it is the last error. */
  refused(callingAET: string, remoteAddress: string, reason: string): void;
  /** At most once a second. */
  readonly events: Emitter<{ 'devices.changed': Record<string, never> }>;
  /** Writes what is not written yet. */
  close(): Promise<void>;
}

/** Opens the room; `addressesOf` finds the addresses of the host names of the nodes. */
export async function openPeers(
  settings: Settings,
  records: Records,
  addressesOf: HostAddresses = createHostAddresses(),
): Promise<Peers> {
  const book = createModalityBook(settings, addressesOf);
  const [nodes, contacts, callers] = await Promise.all([
    settings.DicomModalitiesInDatabase ? records.all<NodeRow>('SELECT * FROM peers_nodes') : [],
    records.all<ContactRow>('SELECT * FROM peers_contacts'),
    records.all<UnknownCaller>('SELECT * FROM peers_unknown'),
  ]);
  for (const { name, node } of nodes) {
    const read = modalitySchema.safeParse(JSON.parse(node));
    if (read.success && !book.isFixed(name)) book.put({ ...read.data, name });
  }
  const room = new Room(settings, records, book, createContacts(contacts), createUnknownCallers(callers));
  await room.forgetKnown();
  return room;
}

interface NodeRow {
  readonly name: string;
  readonly node: string;
}

const now = (): string => new Date().toISOString();

class Room implements Peers {
  readonly events: Peers['events'] = createEmitter(() => undefined);
  readonly #settings: Settings;
  readonly #records: Records;
  readonly #book: ModalityBook;
  readonly #contacts: Contacts;
  readonly #unknown: UnknownCallers;
  readonly #gathering = createGathering();
  readonly #keeping = createOnceASecond(() => this.#keep());
  #hasNews = false;
  /* Changes of nodes, one after the other. */
  #changes: Promise<unknown> = Promise.resolve();
  #settling: Promise<void> = Promise.resolve();

  constructor(settings: Settings, records: Records, book: ModalityBook, contacts: Contacts, unknown: UnknownCallers) {
    this.#settings = settings;
    this.#records = records;
    this.#book = book;
    this.#contacts = contacts;
    this.#unknown = unknown;
  }

  list(): readonly Modality[] {
    return this.#book.list();
  }

  get(name: string): Modality | undefined {
    return this.#book.get(name);
  }

  titled(AET: string): Modality | undefined {
    return this.#book.titled(AET)[0];
  }

  find(callingAET: string, remoteAddress: string): Promise<Modality | undefined> {
    return this.#book.find(callingAET, remoteAddress);
  }

  async may(callingAET: string, remoteAddress: string, operation: Operation): Promise<Verdict> {
    const modality = await this.find(callingAET, remoteAddress);
    if (modality) return mayModality(modality, operation);
    if (this.titled(callingAET))
      return no(`The AE title ${callingAET} is known, but not from the address ${plainAddress(remoteAddress)}.`);
    return mayUnknown(this.#settings, callingAET, operation);
  }

  save(name: string, modality: Omit<Modality, 'name'>, formerName = name): Promise<void> {
    return this.#changing(async () => {
      const isRenamed = formerName !== name;
      if (isRenamed) this.#book.requireChangeable(formerName);
      if (isRenamed && this.#book.get(name)) throw new PacsError('bad-request', `There is a device "${name}" already.`);
      if (this.#book.get(name)) this.#book.requireChangeable(name);
      await this.#write(formerName, { ...modality, name });
      if (isRenamed) {
        this.#book.delete(formerName);
        this.#contacts.rename(formerName, name);
      }
      this.#book.put({ ...modality, name });
      await this.forgetKnown();
    });
  }

  remove(name: string): Promise<void> {
    return this.#changing(async () => {
      this.#book.requireChangeable(name);
      await this.#write(name);
      this.#book.delete(name);
      this.#contacts.forget(name);
    });
  }

  async devices(): Promise<{ devices: readonly Device[]; unknown: readonly UnknownCaller[] }> {
    await this.#settle();
    const devices = this.#book.list().map((modality) => ({
      ...modality,
      isFixed: this.#book.isFixed(modality.name),
      ...this.#contacts.of(modality.name),
    }));
    return { devices, unknown: this.#unknown.list() };
  }

  async dismiss(callingAET: string, remoteAddress: string): Promise<void> {
    await this.#settle();
    this.#unknown.forget(callingAET, plainAddress(remoteAddress));
    this.#changed();
  }

  seen(node: Seen, what: { received?: number; sent?: number; error?: string } = {}): void {
    if ('callingAET' in node) this.#gathering.seen(node, { ...what, at: now() });
    else if (this.#book.get(node.name))
      this.#contacts.note(node.name, { ...what, at: now(), isContact: what.error === undefined });
    this.#changed();
  }

  refused(callingAET: string, remoteAddress: string, reason: string): void {
    this.#gathering.refused({ callingAET, remoteAddress }, { reason, at: now() });
    this.#changed();
  }

  close(): Promise<void> {
    return this.#changing(() => this.#keeping.finish());
  }

  /** Forgets the refusals of callers that are known now. */
  async forgetKnown(): Promise<void> {
    for (const { callingAET, remoteAddress } of this.#unknown.list())
      if (await this.find(callingAET, remoteAddress)) this.#unknown.forget(callingAET, remoteAddress);
    this.#changed();
  }

  #changing(change: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(change);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  /* Without DicomModalitiesInDatabase a node is known until the program ends, as in Orthanc. */
  async #write(formerName: string, modality?: Modality): Promise<void> {
    if (!this.#settings.DicomModalitiesInDatabase) return;
    const { name, ...node } = modality ?? { name: formerName };
    await this.#records.change(
      { sql: 'DELETE FROM peers_nodes WHERE name = ?', values: [formerName] },
      ...(modality
        ? [{ sql: 'INSERT OR REPLACE INTO peers_nodes VALUES (?, ?)', values: [name, JSON.stringify(node)] }]
        : []),
    );
  }

  #changed(): void {
    this.#hasNews = true;
    this.#keeping.ask();
  }

  /* Who called is found out when it is needed, since a host name may have to be looked up. */
  #settle(): Promise<void> {
    this.#settling = this.#settling.then(async () => {
      for (const sighting of this.#gathering.take()) await this.#sort(sighting);
    });
    return this.#settling;
  }

  async #sort({ callingAET, remoteAddress, refusals, reason, ...sighting }: CallerSighting): Promise<void> {
    const modality = await this.find(callingAET, remoteAddress);
    if (modality) {
      this.#contacts.note(modality.name, sighting);
      this.#unknown.forget(callingAET, remoteAddress);
    } else if (refusals > 0)
      this.#unknown.note({ callingAET, remoteAddress, reason: reason ?? '' }, sighting.at, refusals);
  }

  async #keep(): Promise<void> {
    await this.#settle();
    if (this.#hasNews) this.events.emit('devices.changed', {});
    this.#hasNews = false;
    const changes = [this.#contacts.changes(), this.#unknown.changes()];
    const statements = changes.flatMap((change) => change.statements);
    if (statements.length === 0) return;
    await this.#records.change(...statements);
    for (const { written } of changes) written();
  }
}
