/** The fields of a device as a person types them, and what must be right before they are saved. */
import type { Input } from '#shared/contract.ts';
import type { Device, Modality, UnknownCaller } from '#shared/model.ts';

/** What a device may do here, in the order of the form. */
export const rights = [
  'AllowStore',
  'AllowFind',
  'AllowGet',
  'AllowMove',
  'AllowFindWorklist',
  'AllowMpps',
  'AllowStorageCommitment',
  'AllowEcho',
] as const satisfies readonly (keyof Modality)[];

/** The form's fields; numbers are text while they are typed. */
export interface DeviceFields extends Omit<Modality, 'Port' | 'LocalAet' | 'Timeout'> {
  readonly Port: string;
  readonly LocalAet: string;
  readonly Timeout: string;
}

/** The registered port of DICOM (PS3.8 9.1.1). */
const dicomPort = '104';

/** A device that may do everything, as most in a clinic. */
export const newDevice: DeviceFields = {
  name: '',
  AET: '',
  Host: '',
  Port: dicomPort,
  Manufacturer: 'Generic',
  LocalAet: '',
  Timeout: '',
  UseDicomTls: false,
  RetrieveMethod: 'SystemDefault',
  AllowEcho: true,
  AllowStore: true,
  AllowFind: true,
  AllowFindWorklist: true,
  AllowMove: true,
  AllowGet: true,
  AllowStorageCommitment: true,
  AllowMpps: true,
  AllowTranscoding: true,
};

/** The fields of a device that is known. */
export const fieldsOfDevice = (device: Device): DeviceFields => ({
  ...(Object.fromEntries(Object.keys(newDevice).map((key) => [key, device[key as keyof Modality]])) as Omit<
    DeviceFields,
    'Port' | 'LocalAet' | 'Timeout'
  >),
  Port: String(device.Port),
  LocalAet: device.LocalAet ?? '',
  Timeout: device.Timeout === undefined ? '' : String(device.Timeout),
});

/** The fields for a caller that was refused: what it told of itself, and the usual port. */
export const fieldsOfCaller = ({ callingAET, remoteAddress }: UnknownCaller): DeviceFields => ({
  ...newDevice,
  name: callingAET.replaceAll(/[\\/]/g, ' ').trim(),
  AET: callingAET,
  Host: remoteAddress,
});

/** Fields that can be wrong. */
export type DeviceFault = 'name' | 'nameTaken' | 'AET' | 'LocalAet' | 'Host' | 'Port' | 'Timeout';

const isTitle = (text: string) => /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(text.trim());
const isNumber = (text: string, from: number, to: number) =>
  /^\d{1,5}$/.test(text.trim()) && Number(text) >= from && Number(text) <= to;

/** What is wrong with the connection's fields; `taken` are the names of the other devices. */
export function faultsOfDevice(fields: DeviceFields, taken: readonly string[]): ReadonlySet<DeviceFault> {
  const name = fields.name.trim();
  const wrong: Readonly<Record<DeviceFault, boolean>> = {
    name: name === '' || /[\\/]/.test(name),
    nameTaken: taken.includes(name),
    AET: !isTitle(fields.AET) || fields.AET.trim() === '',
    LocalAet: fields.LocalAet.trim() !== '' && !isTitle(fields.LocalAet),
    Host: fields.Host.trim() === '',
    Port: !isNumber(fields.Port, 1, 65_535),
    Timeout: fields.Timeout.trim() !== '' && !isNumber(fields.Timeout, 0, 86_400),
  };
  return new Set((Object.keys(wrong) as DeviceFault[]).filter((fault) => wrong[fault]));
}

/** The modality of fields without faults, as the archive takes it. */
export function modalityOf(fields: DeviceFields): Input<'devices.save'>['modality'] {
  const { name: _name, Port, LocalAet, Timeout, ...rest } = fields;
  return {
    ...rest,
    AET: rest.AET.trim(),
    Host: rest.Host.trim(),
    Port: Number(Port),
    ...(LocalAet.trim() ? { LocalAet: LocalAet.trim() } : {}),
    ...(Timeout.trim() ? { Timeout: Number(Timeout) } : {}),
  };
}
