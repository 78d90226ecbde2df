/** Conversations about C-ECHO: who may verify the connection, and what the answer looks like. */
import { describe, expect, test } from 'vitest';
import { connect, makeCommand, makePdv, pdu, verification } from '../support/raw-association.ts';
import { dcmtk, dcmtkNote, fileStore, hasDcmtk, startServer } from './support.ts';

describe.skipIf(!hasDcmtk)(`echoscu asks${dcmtkNote}`, () => {
  test('once, and is answered', async () => {
    const { port } = await startServer(await fileStore());
    const { code, output } = await dcmtk('echoscu', '-v', '-aec', 'CHAIRSIDE', '127.0.0.1', String(port));
    expect(output).toContain('Received Echo Response (Success)');
    expect(code).toBe(0);
  });

  test('with 38 transfer syntaxes in 128 contexts, and is answered', async () => {
    const { port } = await startServer(await fileStore());
    const { code } = await dcmtk(
      'echoscu',
      '-pts',
      '38',
      '-ppc',
      '128',
      '-aec',
      'CHAIRSIDE',
      '127.0.0.1',
      String(port),
    );
    expect(code).toBe(0);
  });

  test('under a wrong called AE title, and is told so', async () => {
    const { port, refusals } = await startServer(await fileStore(), { DicomCheckCalledAet: true });
    const { code, output } = await dcmtk('echoscu', '-aec', 'ANOTHER', '127.0.0.1', String(port));
    expect(output).toContain('Called AE Title Not Recognized');
    expect(code).not.toBe(0);
    expect(refusals[0]?.error).toEqual({
      code: 'forbidden',
      message: 'It called the AE title "ANOTHER", but ours is "CHAIRSIDE".',
    });
    expect((await dcmtk('echoscu', '-aec', 'chairside', '127.0.0.1', String(port))).code).toBe(0);
  });

  test('as an unknown caller where only known ones may, and is told so', async () => {
    const { port, refusals, lines } = await startServer(await fileStore(), { DicomAlwaysAllowEcho: false });
    const { output } = await dcmtk('echoscu', '-aet', 'STRANGER', '-aec', 'CHAIRSIDE', '127.0.0.1', String(port));
    expect(output).toContain('Calling AE Title Not Recognized');
    expect(refusals).toMatchObject([
      {
        origin: { kind: 'dimse', callingAET: 'STRANGER', remoteAddress: '127.0.0.1' },
        error: { code: 'forbidden', message: 'The AE title STRANGER is not known here.' },
      },
    ]);
    expect(lines).toContain('warn STRANGER (127.0.0.1) was refused: The AE title STRANGER is not known here.');
  });
});

describe('a bare socket', () => {
  test('asks two hundred times on one association and is answered in order', async () => {
    const { port } = await startServer(await fileStore());
    const association = await connect({ port });
    for (let number = 1; number <= 200; number++) {
      const response = await association.cEcho();
      expect([response.CommandField, response.MessageIDBeingRespondedTo, response.Status]).toEqual([0x8030, number, 0]);
    }
    await association.release();
  });

  test('asks in the presentation context of an object and is refused', async () => {
    const { port } = await startServer(await fileStore());
    const association = await connect({ port });
    expect((await association.cEcho(3)).Status).toBe(0x0122);
    expect((await association.cEcho()).Status).toBe(0);
    await association.release();
  });

  test('asks for something that is not offered and is told so', async () => {
    const { port } = await startServer(await fileStore());
    const association = await connect({ port });
    const find = makeCommand({
      0x0002: '1.2.840.10008.5.1.4.1.2.2.1',
      0x0100: 0x0020,
      0x0110: 7,
      0x0700: 0,
      0x0800: 1,
    });
    association.sendPdu(pdu.data, makePdv(1, 3, find));
    association.sendPdu(pdu.data, makePdv(1, 2, Buffer.alloc(20)));
    expect(await association.nextResponse()).toMatchObject({
      CommandField: 0x8020,
      MessageIDBeingRespondedTo: 7,
      Status: 0x0211,
      ErrorComment: 'This operation is not offered here.',
    });
    expect((await association.cEcho()).Status).toBe(0);
    await association.release();
  });

  test('may take small PDUs only, and proposes contexts in any order of IDs', async () => {
    const { port } = await startServer(await fileStore());
    const transferSyntaxes = ['1.2.840.10008.1.2'];
    const contexts = [
      { id: 9, abstractSyntax: verification, transferSyntaxes },
      { id: 3, abstractSyntax: '1.2.840.10008.5.1.4.31', transferSyntaxes },
      { id: 5, abstractSyntax: verification, transferSyntaxes: ['1.2.840.10008.1.2.4.50'] },
    ];
    const association = await connect({ port, contexts, maximumLength: 512 });
    expect([...association.results]).toEqual([
      [3, 3],
      [5, 4],
      [9, 0],
    ]);
    expect(association.maximumLength).toBe(131_072);
    expect((await association.cEcho(9)).contextId).toBe(9);
    await association.release();
  });
});
