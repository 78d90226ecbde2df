/** Reads the configuration: a JSON file with comments, environment variables and the command line, in that order of strength. */
import { readFile } from 'node:fs/promises';
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { z } from 'zod';
import { PacsError } from '#shared/errors.ts';
import { settingsSchema, type Settings } from '#shared/settings.ts';
import { fromOrthanc } from './peers/orthanc-modality.ts';

/** Checked settings, and a sentence for each option that has no effect. */
export interface Configuration {
  readonly settings: Settings;
  readonly warnings: readonly string[];
}

/** What the command line may override. */
export interface Overrides {
  /** Folder for files and catalogue. */
  readonly data?: string;
  readonly dicomPort?: number;
  readonly httpPort?: number;
}

type Tree = Record<string, unknown>;

/**
 * Loads and checks a configuration.
 * @throws PacsError `bad-request` with a sentence that names the option and what is wrong with it.
 */
export async function loadConfiguration(
  file?: string,
  environment: NodeJS.ProcessEnv = process.env,
  overrides: Overrides = {},
): Promise<Configuration> {
  const read = file === undefined ? {} : substitute(await parseFile(file), environment);
  const given = merge(read as Tree, fromEnvironment(environment));
  const tree = applyOverrides(withCurrentNames(given), overrides);
  const checked = settingsSchema.safeParse(tree);
  if (!checked.success) throw new PacsError('bad-request', describe(checked.error, file));
  return { settings: checked.data, warnings: unusedOptions(tree, settingsSchema) };
}

async function parseFile(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PacsError('bad-request', `The configuration file ${file} cannot be read.`, { cause });
  });
  const errors: ParseError[] = [];
  /* Some editors put a byte order mark before the first sign. */
  const value: unknown = parse(text.replace(/^\ufeff/, ''), errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error) {
    const line = text.slice(0, error.offset).split('\n').length;
    throw new PacsError('bad-request', `${file}, line ${line}: ${printParseErrorCode(error.error)}.`);
  }
  if (!isTree(value)) throw new PacsError('bad-request', `${file} must hold one JSON object.`);
  return value;
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/* `${NAME}` in any text stands for the environment variable of that name, as in Orthanc. */
function substitute(value: unknown, environment: NodeJS.ProcessEnv): unknown {
  if (typeof value === 'string')
    return value.replace(
      /\$\{(\w+)(?::-([^}]*))?\}/g,
      (_, name: string, otherwise = '') => environment[name] ?? otherwise,
    );
  if (Array.isArray(value)) return value.map((item) => substitute(item, environment));
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, environment)]));
}

/* ORTHANC__DICOM_WEB__ROOT stands for DicomWeb.Root: `__` goes a section deeper, `_` is a capital letter. */
function fromEnvironment(environment: NodeJS.ProcessEnv): Tree {
  const tree: Tree = {};
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('ORTHANC__') || text === undefined) continue;
    const path = name.slice('ORTHANC__'.length).split('__').map(camelCase);
    let at = tree;
    for (const part of path.slice(0, -1)) at = (isTree(at[part]) ? at[part] : (at[part] = {})) as Tree;
    at[path.at(-1) as string] = jsonOrText(text);
  }
  return withKnownSpelling(tree, settingsSchema);
}

const camelCase = (part: string): string =>
  part
    .toLowerCase()
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/* CASE_SENSITIVE_PN gives CaseSensitivePn; the option is CaseSensitivePN. */
function withKnownSpelling(tree: Tree, schema: z.ZodType): Tree {
  const shape = shapeOf(schema);
  if (!shape) return tree;
  const known = new Map(Object.keys(shape).map((key) => [key.toLowerCase(), key]));
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => {
      const name = known.get(key.toLowerCase()) ?? key;
      return [name, isTree(value) && shape[name] ? withKnownSpelling(value, shape[name]) : value];
    }),
  );
}

/** The options of a section, through defaults and the like; undefined where it is not one. Of a record, what each entry may have. */
function shapeOf(schema: z.ZodType): Record<string, z.ZodType> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape as Record<string, z.ZodType>;
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return shapeOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return shapeOf(schema.out as z.ZodType);
  return undefined;
}

/** For a record of sections (DicomModalities): the schema of an entry under each name that is there. */
function entriesOf(tree: Tree, schema: z.ZodType): Record<string, z.ZodType> | undefined {
  if (schema instanceof z.ZodDefault) return entriesOf(tree, schema.unwrap() as z.ZodType);
  if (!(schema instanceof z.ZodRecord)) return undefined;
  return Object.fromEntries(Object.keys(tree).map((key) => [key, schema.valueType as z.ZodType]));
}

function merge(base: Tree, over: Tree): Tree {
  const merged: Tree = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const under = merged[key];
    merged[key] = isTree(under) && isTree(value) ? merge(under, value) : value;
  }
  return merged;
}

/* Names that Orthanc takes beside the ones of its documentation. */
function withCurrentNames({ RejectSopClasses, DicomModalities, ...tree }: Tree): Tree {
  return {
    ...(RejectSopClasses === undefined ? {} : { RejectedSopClasses: RejectSopClasses }),
    ...tree,
    ...(DicomModalities === undefined ? {} : { DicomModalities: withNodes(DicomModalities) }),
  };
}

const withNodes = (nodes: unknown): unknown =>
  isTree(nodes) ? Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, fromOrthanc(node)])) : nodes;

function applyOverrides(tree: Tree, { data, dicomPort, httpPort }: Overrides): Tree {
  return {
    ...tree,
    ...(data === undefined ? {} : { StorageDirectory: data, IndexDirectory: data }),
    ...(dicomPort === undefined ? {} : { DicomPort: dicomPort }),
    ...(httpPort === undefined ? {} : { HttpPort: httpPort }),
  };
}

function unusedOptions(tree: Tree, schema: z.ZodType, path = ''): string[] {
  const shape = shapeOf(schema) ?? entriesOf(tree, schema);
  if (!shape) return [];
  return Object.entries(tree).flatMap(([key, value]) => {
    const name = path + key;
    const inner = shape[key];
    if (!inner) return [`The option ${name} is not known or not supported yet and has no effect.`];
    return isTree(value) ? unusedOptions(value, inner, `${name}.`) : [];
  });
}

const describe = (error: z.ZodError, file: string | undefined): string =>
  error.issues
    .map(({ path, message }) => `${file ?? 'Configuration'}: ${path.map(String).join('.') || 'the whole'}: ${message}`)
    .join('\n');
