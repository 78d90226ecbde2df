/** The state of a worklist item in a word. */
import { useTranslation } from 'react-i18next';
import type { WorklistStatus } from '#shared/model.ts';
import { Tag } from '../parts/tag.tsx';
import type { Tone } from '../parts/tag.tsx';

const tones: Readonly<Record<WorklistStatus, Tone>> = {
  scheduled: 'plain',
  arrived: 'wait',
  'in progress': 'busy',
  completed: 'good',
  discontinued: 'bad',
};

/** The word. */
export function WorklistStateTag({ status }: { readonly status: WorklistStatus }) {
  const { t } = useTranslation();
  return <Tag tone={tones[status]} text={t(`worklist.state.${status}`)} />;
}
