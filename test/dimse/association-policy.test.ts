/** Who gets which presentation context by the settings. */
import { describe, expect, test } from 'vitest';
import { settingsSchema } from '#shared/settings.ts';
import { storageSOPClasses } from '#shared/sop-classes.ts';
import { transferSyntaxes } from '#shared/transfer-syntaxes.ts';
import {
  createAssociationPolicy,
  createSOPClassFilter,
  createTransferSyntaxFilter,
  verification,
} from '#main/dimse/association-policy.ts';
import { dicomApplicationContext, type AssociationRequest } from '#main/dimse/association-request.ts';
import { createOwnTitles } from '#main/dimse/own-titles.ts';
import type { Verdict } from '#main/peers/peers.ts';
import { operations, type Operation } from '#shared/model.ts';

const settings = (values: Record<string, unknown> = {}) => settingsSchema.parse(values);
const classes = (values: Record<string, unknown>) => createSOPClassFilter(settings(values));
const syntaxes = (AcceptedTransferSyntaxes: string[]) =>
  createTransferSyntaxFilter(settings({ AcceptedTransferSyntaxes }));
const ct = '1.2.840.10008.5.1.4.1.1.2';
const studyRootFind = '1.2.840.10008.5.1.4.1.2.2.1';
const unknownStorage = '1.2.840.10008.5.1.4.1.1.999.1';
const privateClass = '1.3.46.670589.5.0.1';

describe('SOP classes', () => {
  test('All known storage classes are taken, services and unknown classes are not', () => {
    const takes = classes({});
    expect(storageSOPClasses.every(({ uid }) => takes(uid))).toBe(true);
    expect([verification, studyRootFind, unknownStorage, privateClass, '', 'x'].filter(takes)).toEqual([]);
  });

  test('Unknown ones are taken on demand, services and nonsense never', () => {
    const takes = classes({ UnknownSopClassAccepted: true });
    expect([unknownStorage, privateClass, ct].every(takes)).toBe(true);
    expect([verification, studyRootFind, '1.2.840.10008.5.1.1.9', '', 'a.b'].filter(takes)).toEqual([]);
  });

  test('Lists have wildcards; refusal is stronger; a private class may be named in full', () => {
    const takes = classes({
      AcceptedSopClasses: ['1.2.840.10008.5.1.4.1.1.*', privateClass],
      RejectedSopClasses: ['*.1.1.?'],
    });
    expect(takes('1.2.840.10008.5.1.4.1.1.104.1')).toBe(true);
    expect(takes(ct)).toBe(false);
    expect(takes(privateClass)).toBe(true);
    expect(takes(`${privateClass}.1`)).toBe(false);
    expect(classes({ AcceptedSopClasses: [] })(ct)).toBe(false);
  });
});

describe('transfer syntaxes', () => {
  test('All known ones are taken by default', () => {
    const takes = createTransferSyntaxFilter(settings());
    expect(transferSyntaxes.every(({ uid }) => takes(uid))).toBe(true);
    expect(takes('1.2.840.10008.1.2.4.999')).toBe(false);
    expect(takes('1.2.840.10008.1.1')).toBe(false);
  });

  test('A dot is a dot, a wildcard a wildcard, and a private one may be named in full', () => {
    const takes = syntaxes(['1.2.840.10008.1.2', '1.2.840.10008.1.2.4.9?', '1.2.840.113619.5.2']);
    expect(takes('1.2.840.10008.1.2')).toBe(true);
    expect(takes('1.2.840.10008.1.2.1')).toBe(false);
    expect(takes('1.2.840.10008.1.2.4.90')).toBe(true);
    expect(takes('1.2.840.10008.1.2.4.100')).toBe(false);
    expect(takes('1.2.840.113619.5.2')).toBe(true);
  });
});

describe('requests', () => {
  const yes: Verdict = { isAllowed: true };
  const no: Verdict = { isAllowed: false, reason: 'No.' };
  const context = (id: number, abstractSyntax: string, ...proposed: string[]) => ({
    id,
    abstractSyntax,
    transferSyntaxes: proposed,
  });
  const request = (changes: Partial<AssociationRequest>): AssociationRequest => ({
    protocolVersion: 1,
    calledAET: 'CHAIRSIDE',
    callingAET: 'SCANNER',
    applicationContextName: dicomApplicationContext,
    contexts: [],
    maximumLength: 0,
    roles: new Map(),
    extended: new Map(),
    ...changes,
  });
  const only = (...allowed: readonly Operation[]) =>
    Object.fromEntries(operations.map((name) => [name, allowed.includes(name) ? yes : no])) as Record<
      Operation,
      Verdict
    >;
  /** The answer of the policy of these settings. */
  const ask = (asked: AssociationRequest, allowed: readonly Operation[], values: Record<string, unknown> = {}) =>
    createAssociationPolicy(settings(values), new Map([[studyRootFind, 'Find']]))(
      asked,
      only(...allowed),
      createOwnTitles(settings(values))(asked.calledAET),
    );
  const implicit = '1.2.840.10008.1.2';
  const both = [context(1, verification, implicit), context(3, ct, '1.2.3', '1.2.840.10008.1.2.4.70', implicit)];

  test('The first transfer syntax of the sender that we take is accepted', () => {
    const answer = ask(request({ contexts: both }), ['Echo', 'Store']);
    expect(answer).toMatchObject({
      isAccepted: true,
      contexts: [
        { id: 1, result: 0, transferSyntax: implicit },
        { id: 3, result: 0, transferSyntax: '1.2.840.10008.1.2.4.70' },
      ],
    });
  });

  test('Who may do one thing gets that; who may do nothing is not recognized', () => {
    const answer = ask(request({ contexts: both }), ['Echo']);
    expect(answer).toMatchObject({
      isAccepted: true,
      contexts: [
        { id: 1, result: 0 },
        { id: 3, result: 1 },
      ],
    });
    expect(ask(request({ contexts: both }), [])).toMatchObject({
      isAccepted: false,
      rejection: { result: 1, source: 1, reason: 3 },
      error: { code: 'forbidden', message: 'No.' },
    });
  });

  test('The called AE title is checked on demand, with regard to case on demand', () => {
    const calls = (values: Record<string, unknown>, calledAET: string) =>
      ask(request({ contexts: both, calledAET }), ['Echo', 'Store'], values).isAccepted;
    expect(calls({}, 'ANY')).toBe(true);
    expect(calls({ DicomCheckCalledAet: true }, 'ANY')).toBe(false);
    expect(calls({ DicomCheckCalledAet: true }, 'chairside')).toBe(true);
    expect(calls({ DicomCheckCalledAet: true, StrictAetComparison: true }, 'chairside')).toBe(false);
  });

  test('A service needs its own right', () => {
    const asked = request({ contexts: [context(1, verification, implicit), context(3, studyRootFind, implicit)] });
    expect(ask(asked, ['Echo', 'Find'])).toMatchObject({ contexts: [{ result: 0 }, { result: 0 }] });
    expect(ask(asked, ['Echo', 'Store'])).toMatchObject({ contexts: [{ result: 0 }, { result: 1 }] });
  });

  test('Who performs the storage itself needs the right to fetch, who asks for it the right to send', () => {
    const asked = (scu: boolean, scp: boolean) =>
      request({ contexts: [context(1, ct, implicit)], roles: new Map([[ct, { scu, scp }]]) });
    expect(ask(asked(false, true), ['Get'])).toMatchObject({
      contexts: [{ result: 0, roles: { scu: false, scp: true } }],
    });
    expect(ask(asked(false, true), ['Store'])).toMatchObject({ isAccepted: false });
    expect(ask(asked(true, true), ['Store'])).toMatchObject({ contexts: [{ roles: { scu: true, scp: false } }] });
  });

  test('Another title of ours has rights of its own', () => {
    const values = { Chairside: { AETitles: [{ AET: 'NORTH', Label: 'north', AllowStore: false }] } };
    const asked = request({ contexts: both, calledAET: 'north' });
    expect(createOwnTitles(settings(values))('north')).toMatchObject({ AET: 'NORTH', Label: 'north' });
    expect(ask(asked, ['Echo', 'Store'], values)).toMatchObject({ contexts: [{ result: 0 }, { result: 1 }] });
  });
});
