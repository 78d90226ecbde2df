/** The modality of a study or series as a small tinted word. */
import styles from './modality-badge.module.css';

const kinds: Readonly<Record<string, string>> = {
  CT: 'volume',
  MR: 'volume',
  PX: 'xray',
  IO: 'xray',
  DX: 'xray',
  CR: 'xray',
  RG: 'xray',
  US: 'ultrasound',
  IVUS: 'ultrasound',
};

/** Badges for the values of ModalitiesInStudy or Modality, which `\` separates. */
export function ModalityBadges({ value }: { readonly value: string | undefined }) {
  const modalities = (value ?? '').split('\\').filter(Boolean);
  return (
    <span className={styles['badges']}>
      {modalities.map((modality) => (
        <span key={modality} className={styles['badge']} data-kind={kinds[modality] ?? 'other'}>
          {modality}
        </span>
      ))}
    </span>
  );
}
