/** What went wrong: a line in the window's language, and below it what the core says in its own words. */
import { useTranslation } from 'react-i18next';
import type { PacsErrorValue } from '#shared/errors.ts';
import { errorText } from './error-text.ts';
import styles from './fault-text.module.css';

/** The two lines of an error; a core that cannot be reached has said nothing. */
export function FaultText({ error: { code, message } }: { readonly error: PacsErrorValue }) {
  const { t } = useTranslation();
  return (
    <>
      <span>{errorText(t, { code })}</span>
      {message && code !== 'aborted' ? (
        <span lang="en" className={styles['detail']}>
          {message}
        </span>
      ) : undefined}
    </>
  );
}
