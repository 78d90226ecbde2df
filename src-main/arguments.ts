/** The command line of the program, the same with a window of its own and without. */
import { parseArgs } from 'node:util';
import { PacsError } from '#shared/errors.ts';
import type { Overrides } from './configuration.ts';

/** What the command line says. */
export interface Arguments {
  readonly help: boolean;
  /** The configuration file. */
  readonly file: string | undefined;
  readonly overrides: Overrides;
  /** What is not one of ours, as it was written. */
  readonly unknown: readonly string[];
  /** The values of the options that only the caller knows. */
  readonly more: Readonly<Record<string, readonly string[]>>;
}

/** How the arguments that every start knows are written. */
export const usage = '[CONFIGURATION.json] [--data DIR] [--dicom-port N] [--http-port N]';

const valued = ['data', 'dicom-port', 'http-port'];

/**
 * Reads a command line; `also` names further options with a value.
 * @throws PacsError `bad-request` for an option without its value, and for a second configuration file.
 */
export function readArguments(args: readonly string[], also: readonly string[] = []): Arguments {
  const names = [...valued, ...also];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string', multiple: true } as const]));
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true,
  });
  const given = tokens.filter((token) => token.kind === 'option');
  const more = Object.fromEntries(
    names.map((name) => [name, given.filter((option) => option.name === name).map(valueOf)]),
  );
  const last = (name: string) => more[name]?.at(-1);
  return {
    help: given.some(({ name }) => name === 'help'),
    file: onlyFile(tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))),
    overrides: { data: last('data'), dicomPort: port(last('dicom-port')), httpPort: port(last('http-port')) },
    unknown: given.filter(({ name }) => name !== 'help' && !names.includes(name)).map(({ rawName }) => rawName),
    more,
  };
}

interface GivenOption {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/* `--data --http-port 1` is a value forgotten, `--data=-x` is one meant. */
function valueOf({ rawName, value, inlineValue }: GivenOption): string {
  if (!value || (!inlineValue && value.startsWith('-')))
    throw new PacsError('bad-request', `The option ${rawName} needs a value.`);
  return value;
}

function onlyFile([file, second]: readonly string[]): string | undefined {
  if (second !== undefined)
    throw new PacsError('bad-request', `There is one configuration file; ${second} is too much.`);
  return file;
}

/* What is no number is said by the check of the settings, with the option's name. */
const port = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : /^\d+$/.test(text) ? Number(text) : Number.NaN;
