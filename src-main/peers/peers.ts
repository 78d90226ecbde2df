/** The door of the room that knows the other DICOM nodes: who they are and what they may do here. */
import type { Settings } from '#shared/settings.ts';
import { plainAddress } from './address.ts';
import { createHostAddresses, type HostAddresses } from './host-addresses.ts';

/** A known DICOM node. */
type Modality = Settings['DicomModalities'][string] & {
  /** The name under which the settings have it. */
  readonly name: string;
};

/** What a node may ask us for. */
export type Operation = 'Echo' | 'Store';

/** Yes, or no with a sentence for a person. */
export type Verdict = { readonly isAllowed: true } | { readonly isAllowed: false; readonly reason: string };

/** Whom we know. */
export interface Peers {
  /** The known node of that AE title; where several have it, the one of that address; only that with DicomCheckModalityHost. */
  find(callingAET: string, remoteAddress: string): Promise<Modality | undefined>;
  /** Whether a caller may do that: a known one by its rights, an unknown one by DicomAlwaysAllowEcho and -Store. */
  may(callingAET: string, remoteAddress: string, operation: Operation): Promise<Verdict>;
}

/** The peers of these settings; `addressesOf` finds the addresses of the host names among them. */
export function openPeers(settings: Settings, addressesOf: HostAddresses = createHostAddresses()): Peers {
  const modalities: readonly Modality[] = Object.entries(settings.DicomModalities).map(([name, node]) => ({
    ...node,
    name,
  }));
  const key = (aet: string): string => (settings.StrictAetComparison ? aet.trim() : aet.trim().toUpperCase());
  const titled = (aet: string): readonly Modality[] => modalities.filter(({ AET }) => key(AET) === key(aet));

  async function comesFromHome({ Host }: Modality, remoteAddress: string): Promise<boolean> {
    return (await addressesOf(Host)).includes(plainAddress(remoteAddress));
  }

  async function find(callingAET: string, remoteAddress: string): Promise<Modality | undefined> {
    const candidates = titled(callingAET);
    if (!settings.DicomCheckModalityHost && candidates.length < 2) return candidates[0];
    const homes = await Promise.all(candidates.map((modality) => comesFromHome(modality, remoteAddress)));
    return candidates[homes.indexOf(true)] ?? (settings.DicomCheckModalityHost ? undefined : candidates[0]);
  }

  async function may(callingAET: string, remoteAddress: string, operation: Operation): Promise<Verdict> {
    const modality = await find(callingAET, remoteAddress);
    if (modality) return modality[`Allow${operation}`] ? yes : no(`"${modality.name}" may not ${verb[operation]}.`);
    if (titled(callingAET).length > 0)
      return no(`The AE title ${callingAET} is known, but not from the address ${plainAddress(remoteAddress)}.`);
    return settings[`DicomAlwaysAllow${operation}`] ? yes : no(`The AE title ${callingAET} is not known here.`);
  }

  return { find, may };
}

const verb = { Echo: 'verify the connection', Store: 'send images' } as const satisfies Record<Operation, string>;
const yes: Verdict = { isAllowed: true };
const no = (reason: string): Verdict => ({ isAllowed: false, reason });
