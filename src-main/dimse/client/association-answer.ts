/** The answer to an association request of ours, A-ASSOCIATE-AC or -RJ, read with suspicion (PS3.8 9.3.3, 9.3.4). */
import { AssociationEnd } from '../association-end.ts';
import {
  itemOf,
  itemType,
  readExtended,
  readItems,
  readMaximumLength,
  readRoles,
  textOf,
  type Item,
  type Roles,
} from '../association-items.ts';
import { abort, pduHeaderLength, pduType } from '../pdu.ts';

/** What became of one proposed presentation context, PS3.8 9.3.3.2. */
interface ContextAnswer {
  readonly id: number;
  /** 0 is accepted, 1 refused by its user, 2 without a reason, 3 unknown service, 4 no transfer syntax. */
  readonly result: number;
  /** Means something only where the context is accepted. */
  readonly transferSyntax: string;
}

/** The answer to an association request. */
export type AssociationAnswer =
  | {
      readonly isAccepted: true;
      readonly contexts: readonly ContextAnswer[];
      /** Longest P-DATA body that the other side takes, in bytes; 0 is without bound. */
      readonly maximumLength: number;
      /** Roles that we have, by SOP class; where absent we ask and the other side performs. */
      readonly roles: ReadonlyMap<string, Roles>;
      readonly extended: ReadonlyMap<string, Uint8Array>;
      readonly implementationVersionName: string;
    }
  | { readonly isAccepted: false; readonly result: number; readonly source: number; readonly reason: number };

const fixedLength = 68;

const damaged = (what: string): AssociationEnd =>
  new AssociationEnd(
    `The other side sent a damaged answer to the association request: ${what}.`,
    abort.invalidParameter,
  );

function readContext({ value }: Item): ContextAnswer {
  if (value.length < 4) throw damaged('a presentation context without an ID');
  const [id, result] = [value[0] as number, value[2] as number];
  /* Of a context that is not accepted the transfer syntax is not to be looked at; some leave it out. */
  if (result !== 0) return { id, result, transferSyntax: '' };
  return { id, result, transferSyntax: textOf(readItems(value.subarray(4), damaged), itemType.transferSyntax) };
}

/** Reads a PDU, header included. @throws AssociationEnd where it is damaged. */
export function readAssociationAnswer(bytes: Buffer): AssociationAnswer {
  const body = bytes.subarray(pduHeaderLength);
  if (bytes[0] === pduType.associateReject) {
    if (body.length < 4) throw damaged('a rejection without a reason');
    return { isAccepted: false, result: body[1] as number, source: body[2] as number, reason: body[3] as number };
  }
  if (body.length < fixedLength) throw damaged('it is too short');
  const list = readItems(body.subarray(fixedLength), damaged);
  const user = readItems(itemOf(list, itemType.userInformation)?.value ?? Buffer.alloc(0), damaged);
  return {
    isAccepted: true,
    contexts: list.filter(({ type }) => type === itemType.answeredContext).map(readContext),
    maximumLength: readMaximumLength(user, damaged),
    roles: readRoles(user, damaged),
    extended: readExtended(user, damaged),
    implementationVersionName: textOf(user, itemType.implementationVersionName),
  };
}
