/** The conversation with dcmjs-dimse by itself: a turn that it does not end is ended for it. */
import { expect, test } from 'vitest';
import { createConversation } from '#main/dimse/conversation.ts';
import { makeCommand } from '../support/raw-association.ts';

const identity = { implementationClassUID: '1.2.3', implementationVersionName: 'TEST', maximumPduLength: 65_536 };
const request = {
  protocolVersion: 1,
  calledAET: 'CHAIRSIDE',
  callingAET: 'RAW',
  applicationContextName: '1.2.840.10008.3.1.1.1',
  contexts: [{ id: 1, abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] }],
  maximumLength: 65_536,
  roles: new Map(),
  extended: new Map(),
};
const accepted = [
  { id: 1, abstractSyntax: '1.2.840.10008.1.1', result: 0, transferSyntax: '1.2.840.10008.1.2' },
] as const;

test('A message that dcmjs-dimse neither answers nor complains about ends after its time as a fault of ours', async () => {
  const written: Buffer[] = [];
  const conversation = createConversation(identity, (bytes) => void written.push(bytes), 100);
  await conversation.accept(request, accepted);
  expect(written.length).toBe(1);
  const announcesDataSet = makeCommand({ 0x0002: '1.2.840.10008.1.1', 0x0100: 0x30, 0x0110: 1, 0x0800: 0 });
  await expect(conversation.perform(1, announcesDataSet)).rejects.toMatchObject({
    name: 'PacsError',
    code: 'internal',
  });
  expect(written.length).toBe(1);
  conversation.close();
});
