/** What was seen of each known node since the archive was made. */
import type { Statement } from '../records/records.ts';
import type { Device } from '#shared/model.ts';

/** Last contact, last error, counts. */
type Contact = Pick<Device, 'lastContact' | 'lastError' | 'lastErrorAt' | 'instancesReceived' | 'instancesSent'>;

/** One thing that was seen of a node; `at` is ISO 8601, UTC. */
export interface Sighting {
  readonly at: string;
  readonly received?: number | undefined;
  readonly sent?: number | undefined;
  /** In words. */
  readonly error?: string | undefined;
  /** False where we did not reach it: an error without a contact. */
  readonly isContact?: boolean | undefined;
}

/** The contacts in memory, by the name of the node. */
export interface Contacts {
  of(name: string): Contact;
  note(name: string, sighting: Sighting): void;
  /** The node has another name now. */
  rename(from: string, to: string): void;
  forget(name: string): void;
  /** The statements that write what has changed; after `written` they are not given again. */
  changes(): { readonly statements: readonly Statement[]; readonly written: () => void };
}

/** A row of the table. */
export type ContactRow = { readonly [K in keyof Required<Contact>]: Contact[K] | null } & { readonly name: string };

const none: Contact = { instancesReceived: 0, instancesSent: 0 };

/** A rough bound: a sentence of the other side's making may be of any length. */
const maximumSentence = 500;

/** The contacts of these rows. */
export function createContacts(rows: readonly ContactRow[]): Contacts {
  const contacts = new Map(rows.map(({ name, ...row }) => [name, contactOf(row)]));
  const changed = new Set<string>();
  const of = (name: string): Contact => contacts.get(name) ?? none;

  const forget = (name: string): void => {
    contacts.delete(name);
    changed.add(name);
  };

  return {
    of,
    forget,
    note: (name, sighting) => {
      contacts.set(name, after(of(name), sighting));
      changed.add(name);
    },
    rename: (from, to) => {
      contacts.set(to, of(from));
      changed.add(to);
      forget(from);
    },
    changes: () => {
      const names = [...changed];
      const given = names.map((name) => [name, of(name)] as const);
      return {
        statements: given.map(([name, contact]) => statementOf(name, contact)),
        /* What has changed again meanwhile is written next time. */
        written: () => given.forEach(([name, contact]) => of(name) === contact && changed.delete(name)),
      };
    },
  };
}

function contactOf({ lastContact, lastError, lastErrorAt, ...counts }: Omit<ContactRow, 'name'>): Contact {
  return {
    lastContact: lastContact ?? undefined,
    lastError: lastError ?? undefined,
    lastErrorAt: lastErrorAt ?? undefined,
    instancesReceived: counts.instancesReceived ?? 0,
    instancesSent: counts.instancesSent ?? 0,
  };
}

const after = (contact: Contact, { at, received = 0, sent = 0, error, isContact = true }: Sighting): Contact => ({
  ...contact,
  ...(isContact ? { lastContact: at } : {}),
  ...(error === undefined ? {} : { lastError: error.slice(0, maximumSentence), lastErrorAt: at }),
  instancesReceived: contact.instancesReceived + received,
  instancesSent: contact.instancesSent + sent,
});

function statementOf(name: string, contact: Contact): Statement {
  if (contact === none) return { sql: 'DELETE FROM peers_contacts WHERE name = ?', values: [name] };
  return {
    sql: 'INSERT OR REPLACE INTO peers_contacts VALUES (?, ?, ?, ?, ?, ?)',
    values: [
      name,
      contact.lastContact ?? null,
      contact.lastError ?? null,
      contact.lastErrorAt ?? null,
      contact.instancesReceived,
      contact.instancesSent,
    ],
  };
}
