/** Who gets an association, and which of its presentation contexts: a pure function of request, settings and permissions. */
import { PacsError } from '#shared/errors.ts';
import type { Settings } from '#shared/settings.ts';
import { isStorageSOPClass } from '#shared/sop-classes.ts';
import { transferSyntaxes } from '#shared/transfer-syntaxes.ts';
import type { Verdict } from '../peers/peers.ts';
import { dicomApplicationContext, type AssociationRequest, type ProposedContext } from './association-request.ts';
import { rejection, type Rejection } from './pdu.ts';
import { matcher } from './wildcard.ts';

/** Results of a presentation context, PS3.8 9.3.3.2. */
export const contextResult = {
  acceptance: 0,
  userRejection: 1,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const;

/** A presentation context with our answer. */
export interface AnsweredContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly result: (typeof contextResult)[keyof typeof contextResult];
  /** The one that we took; absent where the context was not accepted. */
  readonly transferSyntax?: string;
}

/** The answer to an association request. A refusal has the reason for the caller and the sentence for our people. */
export type Answer =
  | { readonly isAccepted: true; readonly contexts: readonly AnsweredContext[] }
  | { readonly isAccepted: false; readonly rejection: Rejection; readonly error: PacsError };

/** What the caller may do. */
interface Permissions {
  readonly Echo: Verdict;
  readonly Store: Verdict;
}

/** Decides requests by the settings. */
export type AssociationPolicy = (request: AssociationRequest, permissions: Permissions) => Answer;

/** The Verification SOP class, PS3.4 A.4. */
export const verification = '1.2.840.10008.1.1';
/* Without pixels there is nothing to compress: implicit and explicit little endian, deflated, explicit big endian. */
const plainSyntaxes = new Set([
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.2',
]);

const validAET = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;
const hasWildcard = (pattern: string): boolean => /[*?]/.test(pattern);

/**
 * The policy of these settings. Of the transfer syntaxes of a context the first that we take is accepted: the order is
 * the sender's, and what it names first is what it has.
 */
export function createAssociationPolicy(settings: Settings): AssociationPolicy {
  const takesClass = createSOPClassFilter(settings);
  const takesSyntax = createTransferSyntaxFilter(settings);

  function answerContext(context: ProposedContext, permissions: Permissions): AnsweredContext {
    const { id, abstractSyntax } = context;
    const isVerification = abstractSyntax === verification;
    const refuse = (result: AnsweredContext['result']): AnsweredContext => ({ id, abstractSyntax, result });
    if (!isVerification && !takesClass(abstractSyntax)) return refuse(contextResult.abstractSyntaxNotSupported);
    if (!permissions[isVerification ? 'Echo' : 'Store'].isAllowed) return refuse(contextResult.userRejection);
    const takes = isVerification ? (syntax: string) => plainSyntaxes.has(syntax) : takesSyntax;
    const transferSyntax = context.transferSyntaxes.find(takes);
    if (!transferSyntax) return refuse(contextResult.transferSyntaxesNotSupported);
    return { id, abstractSyntax, result: contextResult.acceptance, transferSyntax };
  }

  return (request, permissions) => {
    const refusal = refuseRequest(request, settings) ?? refuseCaller(request, permissions);
    if (refusal) return { isAccepted: false, ...refusal };
    return { isAccepted: true, contexts: request.contexts.map((context) => answerContext(context, permissions)) };
  };
}

interface Refused {
  readonly rejection: Rejection;
  readonly error: PacsError;
}

function refuseRequest(request: AssociationRequest, settings: Settings): Refused | undefined {
  const { protocolVersion, applicationContextName, calledAET, callingAET } = request;
  if ((protocolVersion & 1) === 0)
    return {
      rejection: rejection.protocolVersion,
      error: forbidden('It speaks an unknown version of the DICOM protocol.'),
    };
  if (applicationContextName !== dicomApplicationContext)
    return {
      rejection: rejection.applicationContextName,
      error: forbidden('It asked for something other than DICOM.'),
    };
  if (settings.DicomCheckCalledAet && !isSameAET(calledAET, settings.DicomAet, settings))
    return {
      rejection: rejection.calledAETitle,
      error: forbidden(`It called the AE title "${calledAET}", but ours is "${settings.DicomAet}".`),
    };
  if (!validAET.test(callingAET))
    return { rejection: rejection.callingAETitle, error: forbidden('Its own AE title is empty or not valid.') };
  return undefined;
}

/* A caller who may do something gets an association; contexts of what it may not do are refused one by one. */
function refuseCaller(request: AssociationRequest, permissions: Permissions): Refused | undefined {
  const wanted = request.contexts.map(
    ({ abstractSyntax }) => permissions[abstractSyntax === verification ? 'Echo' : 'Store'],
  );
  const refused = wanted.find((verdict) => !verdict.isAllowed);
  if (!refused || refused.isAllowed || wanted.some((verdict) => verdict.isAllowed)) return undefined;
  return { rejection: rejection.callingAETitle, error: forbidden(refused.reason) };
}

const forbidden = (sentence: string): PacsError => new PacsError('forbidden', sentence);

const isSameAET = (a: string, b: string, { StrictAetComparison }: Settings): boolean =>
  StrictAetComparison ? a === b : a.toUpperCase() === b.toUpperCase();

/** Which SOP classes may be stored: known storage classes by the lists, others by name or by UnknownSopClassAccepted. */
export function createSOPClassFilter(settings: Settings): (uid: string) => boolean {
  const { AcceptedSopClasses: accepted = ['*'], RejectedSopClasses, UnknownSopClassAccepted } = settings;
  const isAccepted = matcher(accepted);
  const isNamed = matcher(accepted.filter((pattern) => !hasWildcard(pattern)));
  const isRejected = matcher(RejectedSopClasses);
  return (uid) => {
    if (isRejected(uid)) return false;
    if (isStorageSOPClass(uid)) return isAccepted(uid);
    return mayBeStorage(uid) && (isNamed(uid) || UnknownSopClassAccepted);
  };
}

/* The Standard's own classes outside of 5.1.4.1.1 are services (query, print, worklist ...), not objects. */
const mayBeStorage = (uid: string): boolean =>
  /^[0-9.]{1,64}$/.test(uid) && (!uid.startsWith('1.2.840.10008.') || uid.startsWith('1.2.840.10008.5.1.4.1.1.'));

/** Which transfer syntaxes are taken: the known ones by the list, private ones where the list names them in full. */
export function createTransferSyntaxFilter({ AcceptedTransferSyntaxes }: Settings): (uid: string) => boolean {
  const isAccepted = matcher(AcceptedTransferSyntaxes);
  const known = transferSyntaxes.map(({ uid }) => uid).filter(isAccepted);
  const named = AcceptedTransferSyntaxes.filter((pattern) => !hasWildcard(pattern));
  const taken = new Set([...known, ...named]);
  return (uid) => taken.has(uid);
}
