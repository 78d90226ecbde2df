/** What other nodes say in their own words goes nowhere, for it may name a patient. */
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { statusError } from '#main/dimse/client/status-error.ts';

it('an error has the status, not the comment', () => {
  const refusal = { Status: 0xc123, ErrorComment: 'Roth^Anna is unknown' };
  const error = statusError('ARCHIVE', 'Sending', refusal);
  expect(error.message).toBe('Sending: ARCHIVE could not process it (status C123).');
  expect(inspect(error)).not.toContain('Roth');
});
