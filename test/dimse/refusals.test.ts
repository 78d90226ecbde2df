/** How many refusals are noted: one of a kind, a bounded number of an address, and the door goes on counting. */
import { expect, test } from 'vitest';
import { createRefusalBound, type Caller } from '#main/dimse/refusals.ts';
import { connect, makeRequest, open, pdu } from '../support/raw-association.ts';
import { fileStore, startServer } from './support.ts';

const caller = (callingAET: string, remoteAddress: string): Caller => ({
  kind: 'dimse',
  calledAET: 'CHAIRSIDE',
  callingAET,
  remoteAddress,
});

test('One refusal of a caller for a reason is noted in ten seconds, and the silence is told of once', () => {
  const bound = createRefusalBound({ seconds: 10, perAddress: 5, total: 100 });
  const [pano, other] = [caller('PANO', '10.0.0.1'), caller('PANO', '10.0.0.2')];
  expect([0, 1, 9999].map((now) => bound(pano, 'unknown', now))).toEqual(['noted', 'first left out', 'left out']);
  expect(bound(pano, 'full', 9999)).toBe('noted');
  expect(bound(other, 'unknown', 9999)).toBe('noted');
  expect(bound(caller('CBCT', '10.0.0.1'), 'unknown', 9999)).toBe('noted');
  expect(bound(pano, 'unknown', 10_000)).toBe('noted');
  expect(bound(pano, 'full', 19_998)).toBe('first left out');
  expect(bound(pano, 'full', 19_999)).toBe('noted');
});

test('Who takes another name each time, or comes from everywhere, is not noted without bound', () => {
  const bound = createRefusalBound({ seconds: 10, perAddress: 5, total: 20 });
  const noted = (callers: readonly Caller[], now: number): number =>
    callers.filter((each) => bound(each, 'unknown', now) === 'noted').length;
  const names = Array.from({ length: 1000 }, (_, at) => caller(`AET${at}`, '10.0.0.1'));
  const addresses = Array.from({ length: 1000 }, (_, at) => caller('PANO', `10.1.${at >> 8}.${at & 255}`));
  expect(noted(names, 0)).toBe(5);
  expect(noted(addresses, 5000)).toBe(15);
  expect(noted(names, 9999)).toBe(0);
  expect(noted(names, 10_000)).toBe(5);
});

test('A caller that is refused 200 times is told so each time, counted each time and noted once', async () => {
  const { port, server, refusals, lines } = await startServer(await fileStore(), { DicomCheckCalledAet: true });
  for (let time = 0; time < 200; time++) {
    const association = await open({ port });
    association.sendRaw(makeRequest({ calledAET: 'WRONG' }));
    expect((await association.nextPdu())?.type).toBe(pdu.reject);
    association.destroy();
  }
  expect(server.counts().refused).toBe(200);
  expect(refusals.length).toBe(1);
  expect(lines.filter((line) => line.startsWith('warn ')).length).toBe(2);
  const stranger = await connect({ port, callingAET: 'OTHER', calledAET: 'WRONG' });
  expect(refusals.length).toBe(2);
  stranger.destroy();
});
