/** The known nodes in memory: those of the configuration file, which stay as they are there, and those that people added. */
import { PacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';
import { aeTitleKey } from './ae-title.ts';
import { plainAddress } from './address.ts';
import type { HostAddresses } from './host-addresses.ts';

/** The known nodes, and who of them is calling. */
export interface ModalityBook {
  list(): readonly Modality[];
  get(name: string): Modality | undefined;
  isFixed(name: string): boolean;
  /** All of that AE title; with regard to case by StrictAetComparison. */
  titled(AET: string): readonly Modality[];
  /** The node of that AE title; where several have it, the one of that address; only that with DicomCheckModalityHost. */
  find(callingAET: string, remoteAddress: string): Promise<Modality | undefined>;
  put(modality: Modality): void;
  delete(name: string): void;
  /** @throws PacsError `bad-request` for one of the configuration file, `not-found` for none. */
  requireChangeable(name: string): void;
}

/** A book of the nodes of these settings. */
export function createModalityBook(settings: Settings, addressesOf: HostAddresses): ModalityBook {
  const fixed = new Map(Object.entries(settings.DicomModalities).map(([name, node]) => [name, { ...node, name }]));
  const added = new Map<string, Modality>();
  const key = aeTitleKey(settings);
  const list = (): readonly Modality[] => [...fixed.values(), ...added.values()];
  const titled = (aet: string): readonly Modality[] => list().filter(({ AET }) => key(AET) === key(aet));

  async function comesFromHome({ Host }: Modality, remoteAddress: string): Promise<boolean> {
    return (await addressesOf(Host)).includes(plainAddress(remoteAddress));
  }

  async function find(callingAET: string, remoteAddress: string): Promise<Modality | undefined> {
    const candidates = titled(callingAET);
    if (!settings.DicomCheckModalityHost && candidates.length < 2) return candidates[0];
    const homes = await Promise.all(candidates.map((modality) => comesFromHome(modality, remoteAddress)));
    return candidates[homes.indexOf(true)] ?? (settings.DicomCheckModalityHost ? undefined : candidates[0]);
  }

  return {
    list,
    titled,
    find,
    get: (name) => fixed.get(name) ?? added.get(name),
    isFixed: (name) => fixed.has(name),
    put: (modality) => void added.set(modality.name, modality),
    delete: (name) => void added.delete(name),
    requireChangeable: (name) => {
      if (fixed.has(name))
        throw new PacsError('bad-request', `"${name}" stands in the configuration file and is changed there.`);
      if (!added.has(name)) throw new PacsError('not-found', `There is no device "${name}".`);
    },
  };
}
