/** Content negotiation: quality values, wildcards, transfer syntaxes, the accept parameter. */
import { describe, expect, test } from 'vitest';
import { acceptOf, accepts, negotiate, type Offer, parseAccept, parseMediaType } from '#main/web/accept.ts';

const offers: readonly Offer<string>[] = [
  { type: 'application/dicom', isMultipart: true, transferSyntax: '1.2.840.10008.1.2.1', value: 'multipart explicit' },
  { type: 'application/dicom', isMultipart: false, transferSyntax: '1.2.840.10008.1.2.1', value: 'single explicit' },
  { type: 'image/jpeg', isMultipart: true, transferSyntax: '1.2.840.10008.1.2.4.50', value: 'multipart jpeg' },
  {
    type: 'application/octet-stream',
    isMultipart: true,
    transferSyntax: '1.2.840.10008.1.2.4.50',
    isDefault: false,
    value: 'multipart octets',
  },
];
const choice = (accept: string) => negotiate(parseAccept(accept), offers).value;

describe('accept', () => {
  test.each([
    ['*/*', 'multipart explicit'],
    ['application/dicom', 'single explicit'],
    ['multipart/related; type="application/dicom"', 'multipart explicit'],
    ['multipart/related; type=application/dicom;transfer-syntax=*', 'multipart explicit'],
    ['multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1', 'multipart explicit'],
    ['multipart/related; type="image/*"', 'multipart jpeg'],
    ['image/png, multipart/related; type="image/jpeg"; q=0.1', 'multipart jpeg'],
    ['application/dicom; q=0.2, multipart/related; type="image/jpeg"; q=0.9', 'multipart jpeg'],
    ['multipart/related; type="application/octet-stream"; transfer-syntax=*', 'multipart octets'],
    ['*/*, multipart/related; type="application/dicom"; q=0', 'single explicit'],
    ['MULTIPART/Related; Type="Application/DICOM"', 'multipart explicit'],
  ])('%s takes %s', (accept, expected) => expect(choice(accept)).toBe(expected));

  test.each([
    'image/png',
    'multipart/related; type="application/octet-stream"',
    'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.90',
    'application/dicom; q=0',
    '*/*; q=0',
  ])('%s is 406 and told what is possible', (accept) =>
    expect(() => choice(accept)).toThrow(
      expect.objectContaining({ code: 'not-acceptable', message: expect.stringMatching('image/jpeg') }),
    ),
  );

  test('the accept parameter stands above the header', () => {
    const request = new Request('http://localhost/?accept=image/png%3Bq%3D0.5,image/jpeg', {
      headers: { Accept: 'text/html' },
    });
    expect(acceptOf(request).map(({ type }) => type)).toEqual(['image/jpeg', 'image/png']);
  });

  test('accepts tells of one offer', () => {
    expect(accepts(parseAccept('multipart/related; type="image/jpeg"'), offers[2]!)).toBe(true);
    expect(accepts(parseAccept('multipart/related; type="image/jpeg"'), offers[0]!)).toBe(false);
  });

  test('quoted parameters keep their separators', () => {
    const { type, parameters } = parseMediaType('multipart/related; boundary="a;b,c\\"d"; TYPE=x');
    expect([type, parameters.get('boundary'), parameters.get('type')]).toEqual(['multipart/related', 'a;b,c"d', 'x']);
  });

  test('hostile headers cost little', () => {
    const started = performance.now();
    for (const text of [
      '"'.repeat(16_000),
      ','.repeat(16_000),
      ';q='.repeat(5000),
      '"\\'.repeat(8000),
      'a/b,'.repeat(4000),
    ])
      parseAccept(text);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
