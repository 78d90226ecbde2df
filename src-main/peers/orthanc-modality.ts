/** A DICOM node as Orthanc writes it in its configuration file and over REST. */
import type { Modality } from '#shared/model.ts';

/** Orthanc's older and mistyped names; storage commitment is one right here, as N-ACTION and N-EVENT-REPORT serve nothing else. */
const commitmentNames = ['AllowNAction', 'AllowEventReport', 'AllowNEventReport'] as const;
/* Manufacturers that Orthanc gave up, and what it takes them for. */
const formerManufacturers: Readonly<Record<string, string>> = {
  StoreScp: 'Generic',
  ClearCanvas: 'Generic',
  Dcm4Chee: 'Generic',
  MedInria: 'Generic',
  EFilm2: 'Generic',
  SyngoVia: 'GenericNoWildcardInDates',
  AgfaImpax: 'GenericNoWildcardInDates',
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What Orthanc takes for a node (`[AET, host, port, manufacturer]`, or an object, ports as text too, older names of
 * rights) by the names of our settings, still to be checked. Anything else stays as it is.
 */
export function fromOrthanc(value: unknown): unknown {
  const node = Array.isArray(value) ? fromArray(value) : value;
  if (!isObject(node)) return node;
  const rest = Object.fromEntries(
    Object.entries(node).filter(([name]) => !(commitmentNames as readonly string[]).includes(name)),
  );
  const rights = commitmentNames.map((name) => node[name]).filter((right) => right !== undefined);
  return {
    ...(rights.length > 0 ? { AllowStorageCommitment: rights.every((right) => right === true) } : {}),
    ...rest,
    ...(typeof rest['Port'] === 'string' ? { Port: Number(rest['Port']) } : {}),
    ...withoutEmpty(rest),
    ...(typeof rest['Manufacturer'] === 'string'
      ? { Manufacturer: formerManufacturers[rest['Manufacturer']] ?? rest['Manufacturer'] }
      : {}),
  };
}

const fromArray = ([AET, Host, Port, Manufacturer]: readonly unknown[]): Record<string, unknown> => ({
  AET,
  Host,
  Port,
  ...(Manufacturer ? { Manufacturer } : {}),
});

/* Orthanc writes "" and 0 for `not given`. */
const withoutEmpty = ({ LocalAet, Timeout }: Record<string, unknown>): Record<string, undefined> => ({
  ...(LocalAet === '' ? { LocalAet: undefined } : {}),
  ...(Timeout === 0 ? { Timeout: undefined } : {}),
});

/** The node as `/modalities/{id}/configuration` of Orthanc gives it; the right to report procedure steps is ours. */
export const toOrthanc = (modality: Modality) => ({
  AET: modality.AET,
  AllowEcho: modality.AllowEcho,
  AllowEventReport: modality.AllowStorageCommitment,
  AllowFind: modality.AllowFind,
  AllowFindWorklist: modality.AllowFindWorklist,
  AllowGet: modality.AllowGet,
  AllowMove: modality.AllowMove,
  AllowMpps: modality.AllowMpps,
  AllowNAction: modality.AllowStorageCommitment,
  AllowStore: modality.AllowStore,
  AllowTranscoding: modality.AllowTranscoding,
  Host: modality.Host,
  LocalAet: modality.LocalAet ?? '',
  Manufacturer: modality.Manufacturer,
  Port: modality.Port,
  RetrieveMethod: modality.RetrieveMethod,
  Timeout: modality.Timeout ?? 0,
  UseDicomTls: modality.UseDicomTls,
});
