/** Who may do what: a known caller by its own rights, an unknown one by the settings. */
import type { Modality, Operation } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';

/** Yes, or no with a sentence for a person. */
export type Verdict = { readonly isAllowed: true } | { readonly isAllowed: false; readonly reason: string };

const verb = {
  Echo: 'verify the connection',
  Store: 'send images',
  Find: 'ask for studies',
  FindWorklist: 'read the worklist',
  Move: 'have images sent',
  Get: 'fetch images',
  StorageCommitment: 'ask for storage commitment',
  Mpps: 'report procedure steps',
} as const satisfies Record<Operation, string>;

const yes: Verdict = { isAllowed: true };

/** No, with a sentence. */
export const no = (reason: string): Verdict => ({ isAllowed: false, reason });

/** What a known node may do. */
export const mayModality = (modality: Modality, operation: Operation): Verdict =>
  modality[`Allow${operation}`] ? yes : no(`"${modality.name}" may not ${verb[operation]}.`);

/** What an unknown caller may do. */
export function mayUnknown(settings: Settings, callingAET: string, operation: Operation): Verdict {
  const isAllowed =
    operation === 'StorageCommitment' || operation === 'Mpps'
      ? settings.Chairside[`DicomAlwaysAllow${operation}`]
      : settings[`DicomAlwaysAllow${operation}`];
  return isAllowed ? yes : no(`The AE title ${callingAET} is not known here.`);
}
