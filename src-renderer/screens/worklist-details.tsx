/** One worklist item beside the list: who, what, where, and what comes next. */
import { Button } from '@mantine/core';
import { IconCheck, IconDoorEnter, IconFile, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorklistItem, WorklistStatus } from '#shared/model.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Facts } from '../parts/facts.tsx';
import { PersonName } from '../parts/person-name.tsx';
import { readableName } from '../parts/readable-name.ts';
import { useFormat } from '../parts/use-format.ts';
import { dicomDay } from '../state/dicom-day.ts';
import { draftLike, draftOfItem } from '../state/worklist-fields.ts';
import { useWindowState } from '../state/window-state.ts';
import { useReport } from './use-report.ts';
import { WorklistStateTag } from './worklist-state-tag.tsx';
import styles from './work-screen.module.css';

interface ItemProps {
  readonly item: WorklistItem;
}

const isDone = ({ status }: WorklistItem) => status === 'completed' || status === 'discontinued';

/** The steps that an item can take from where it stands. */
function NextSteps({ item }: ItemProps) {
  const { t } = useTranslation();
  const { worklist } = useWindowState();
  const report = useReport();
  const to = (status: WorklistStatus) => void report.unlessDone(worklist.getState().setStatus(item.id, status));
  if (isDone(item))
    return (
      <Button size="xs" variant="default" onClick={() => to('scheduled')}>
        {t('worklist.reopen')}
      </Button>
    );
  return (
    <>
      {item.status === 'scheduled' ? (
        <Button size="xs" leftSection={<IconDoorEnter size={15} />} onClick={() => to('arrived')}>
          {t('worklist.arrived')}
        </Button>
      ) : undefined}
      <Button
        size="xs"
        variant={item.status === 'scheduled' ? 'default' : 'filled'}
        leftSection={<IconCheck size={15} />}
        onClick={() => to('completed')}
      >
        {t('worklist.finish')}
      </Button>
      <Button size="xs" variant="default" leftSection={<IconX size={15} />} onClick={() => to('discontinued')}>
        {t('worklist.discontinue')}
      </Button>
    </>
  );
}

function RemoveItem({ item }: ItemProps) {
  const { t } = useTranslation();
  const { worklist } = useWindowState();
  const report = useReport();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setIsAsking(true)}>
        {t('worklist.remove')}
      </Button>
      {isAsking ? (
        <Confirm
          title={t('worklist.removeTitle')}
          text={t('worklist.removeText', { name: readableName(item.PatientName).main })}
          action={t('worklist.remove')}
          confirm={() => void report.unlessDone(worklist.getState().remove(item.id))}
          close={() => setIsAsking(false)}
        />
      ) : undefined}
    </>
  );
}

function Changes({ item }: ItemProps) {
  const { t } = useTranslation();
  const { worklist } = useWindowState();
  const { edit } = worklist.getState();
  const again = (
    <Button size="xs" variant="default" onClick={() => edit(draftLike(item, dicomDay(new Date())))}>
      {t('worklist.again')}
    </Button>
  );
  if (item.source === 'file') return <div className={styles['buttons']}>{again}</div>;
  return (
    <>
      <div className={styles['buttons']}>
        <NextSteps item={item} />
      </div>
      <div className={styles['buttons']}>
        {isDone(item) ? undefined : (
          <Button size="xs" variant="default" onClick={() => edit(draftOfItem(item))}>
            {t('worklist.edit')}
          </Button>
        )}
        {again}
        <RemoveItem item={item} />
      </div>
    </>
  );
}

/** Props: the item, and how a station is called. */
export interface WorklistDetailsProps extends ItemProps {
  readonly deviceOf: (AET: string) => string;
}

/** The chosen item. */
export function WorklistDetails({ item, deviceOf }: WorklistDetailsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { PatientSex: sex } = item;
  return (
    <>
      <div className={styles['head']}>
        <h2 className={styles['title']}>
          <PersonName value={item.PatientName} />
        </h2>
        <WorklistStateTag status={item.status} />
      </div>
      <Changes item={item} />
      {item.source === 'file' ? (
        <p className={styles['dim']}>
          <IconFile size={13} stroke={1.6} aria-hidden /> {t('worklist.fromFileText')}
        </p>
      ) : undefined}
      <Facts
        facts={[
          [
            t('worklist.when'),
            [format.day(item.ScheduledProcedureStepStartDate), format.time(item.ScheduledProcedureStepStartTime)]
              .filter(Boolean)
              .join(', '),
          ],
          [t('worklist.device'), deviceOf(item.ScheduledStationAETitle)],
          [t('column.ModalitiesInStudy'), item.Modality],
          [t('worklist.requested'), item.RequestedProcedureDescription],
          [t('worklist.step'), item.ScheduledProcedureStepDescription],
          [t('column.PatientID'), item.PatientID],
          [t('column.PatientBirthDate'), format.date(item.PatientBirthDate)],
          [t('worklist.sexHead'), sex === 'M' || sex === 'F' || sex === 'O' ? t(`worklist.sex.${sex}`) : ''],
          [t('column.AccessionNumber'), item.AccessionNumber],
          [t('worklist.performing'), readableName(item.ScheduledPerformingPhysicianName).main],
          [t('worklist.referring'), readableName(item.ReferringPhysicianName).main],
        ]}
      />
    </>
  );
}
