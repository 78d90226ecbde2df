/** A person's name on the screen; whatever it holds is text and stays within its own direction. */
import { useTranslation } from 'react-i18next';
import { readableName, withoutControls } from './readable-name.ts';
import styles from './person-name.module.css';

function NoName() {
  const { t } = useTranslation();
  return <span className={styles['none']}>{t('study.noName')}</span>;
}

/** The name as `Family, Given`, with the ideographic group beside it. */
export function PersonName({ value }: { readonly value: string | undefined }) {
  const { main, ideographic } = readableName(value);
  if (!main) return <NoName />;
  return (
    <span className={styles['name']} title={withoutControls([main, ideographic].filter(Boolean).join('  '))}>
      <bdi>{main}</bdi>
      {ideographic ? <bdi className={styles['ideographic']}>{ideographic}</bdi> : undefined}
    </span>
  );
}
