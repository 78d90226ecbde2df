/** Tells a person what became of an action. */
import { useTranslation } from 'react-i18next';
import type { Outcome } from '../state/outcome.ts';
import { useWindowState } from '../state/window-state.ts';

/** The ways to tell. */
export interface Report {
  /** Says so only where it was not done; what is done is seen on the screen. */
  unlessDone(action: Promise<Outcome>): Promise<void>;
  /** A job is on its way: where to watch it. */
  started(text: string, jobId: string | undefined): void;
}

/** The reports of this window. */
export function useReport(): Report {
  const { t } = useTranslation();
  const { notices, jobs, navigation } = useWindowState();
  return {
    unlessDone: async (action) => {
      const error = await action;
      if (error) notices.getState().add({ text: t('notice.notDone'), error });
    },
    started: (text, jobId) => {
      const go = () => {
        jobs.getState().show('all');
        jobs.getState().choose(jobId);
        navigation.getState().show('activity');
      };
      notices.getState().add({ text, link: { text: t('notice.watch'), go } });
    },
  };
}
