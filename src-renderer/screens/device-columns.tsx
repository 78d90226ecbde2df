/** The columns of the list of devices. */
import { IconLock } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { Device } from '#shared/model.ts';
import { Ago } from '../parts/ago.tsx';
import type { Format } from '../parts/format.ts';
import { PlainText } from '../parts/plain-text.tsx';
import type { RowColumn } from '../parts/row-list.tsx';
import { Tag } from '../parts/tag.tsx';
import type { EchoTest } from '../state/devices-store.ts';

/** True where the last thing that happened with a device went wrong. */
const isTroubled = ({ lastError, lastErrorAt = '', lastContact = '' }: Device): boolean =>
  lastError !== undefined && lastErrorAt >= lastContact;

function State({
  device,
  test,
  t,
}: {
  readonly device: Device;
  readonly test: EchoTest | undefined;
  readonly t: TFunction;
}) {
  if (test?.kind === 'running') return <Tag tone="busy" text={t('devices.state.testing')} />;
  if (test?.kind === 'failed') return <Tag tone="bad" text={t('devices.state.noAnswer')} />;
  if (test?.kind === 'answered') return <Tag tone="good" text={t('devices.state.answers')} />;
  if (isTroubled(device)) return <Tag tone="bad" text={t('devices.state.trouble')} />;
  if (device.lastContact) return <Tag tone="good" text={t('devices.state.connected')} />;
  return <Tag tone="plain" text={t('devices.state.never')} />;
}

/** The columns, given the texts, the formats and the tests so far. */
export const deviceColumns = (
  t: TFunction,
  format: Format,
  tests: ReadonlyMap<string, EchoTest>,
): readonly RowColumn<Device>[] => [
  {
    id: 'name',
    name: t('devices.name'),
    size: 150,
    grows: true,
    cell: ({ name, isFixed }) => (
      <>
        <strong>
          <PlainText text={name} />
        </strong>
        {isFixed ? (
          <span title={t('devices.fixed')} role="img" aria-label={t('devices.fixed')}>
            &nbsp;
            <IconLock size={13} stroke={1.7} />
          </span>
        ) : undefined}
      </>
    ),
  },
  { id: 'AET', name: t('scanner.aeTitle'), size: 140, cell: ({ AET }) => <PlainText text={AET} /> },
  {
    id: 'address',
    name: t('devices.address'),
    size: 150,
    grows: true,
    cell: ({ Host, Port }) => <PlainText text={`${Host}:${Port}`} isDim />,
  },
  {
    id: 'state',
    name: t('devices.stateHead'),
    size: 112,
    cell: (device) => <State device={device} test={tests.get(device.name)} t={t} />,
  },
  {
    id: 'received',
    name: t('devices.received'),
    size: 86,
    align: 'end',
    cell: ({ instancesReceived }) => format.number(instancesReceived),
  },
  {
    id: 'sent',
    name: t('devices.sent'),
    size: 76,
    align: 'end',
    cell: ({ instancesSent }) => format.number(instancesSent),
  },
  {
    id: 'contact',
    name: t('devices.lastContact'),
    size: 116,
    align: 'end',
    cell: ({ lastContact }) => <Ago instant={lastContact} />,
  },
];
