/** Answers one call of the contract, whatever carried it: the one place where a call's name and input are checked. */
import { inputs, type CallName, type Handlers } from '#shared/contract.ts';
import { PacsError } from '#shared/errors.ts';

/** Checks and answers a call. @throws PacsError `not-found` for an unknown name, `bad-request` for an input that does not fit. */
export async function answerCall(handlers: Handlers, name: unknown, input: unknown): Promise<unknown> {
  if (typeof name !== 'string' || !Object.hasOwn(inputs, name))
    throw new PacsError('not-found', 'The archive has no such function.');
  const checked = inputs[name as CallName].safeParse(input ?? undefined);
  if (!checked.success)
    throw new PacsError('bad-request', checked.error.issues[0]?.message ?? 'The input is not valid.');
  return handlers[name as CallName](checked.data as never);
}
