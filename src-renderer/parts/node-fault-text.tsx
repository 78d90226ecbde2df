/** What went wrong with another node: a line in the window's language, and below it what the core says in its own words. */
import { useTranslation } from 'react-i18next';
import type { PacsErrorCode, PacsErrorValue } from '#shared/errors.ts';
import { errorText } from './error-text.ts';
import styles from './fault-text.module.css';

/** Codes that mean the other side where a node is concerned, and not the archive. */
const ofNode = [
  'busy',
  'aborted',
  'forbidden',
  'unsupported',
  'refused-sop-class',
  'not-found',
  'bad-request',
  'internal',
] as const;
type NodeCode = (typeof ofNode)[number];
const isOfNode = (code: PacsErrorCode): code is NodeCode => (ofNode as readonly string[]).includes(code);

/** Props: the error, and a line for it where there is a better one than the code's. */
export interface NodeFaultTextProps {
  readonly error: PacsErrorValue;
  readonly title?: string | undefined;
}

/** The two lines of an error of a conversation with another node. */
export function NodeFaultText({ error: { code, message }, title }: NodeFaultTextProps) {
  const { t } = useTranslation();
  return (
    <>
      <span>{title ?? (isOfNode(code) ? t(`nodeError.${code}`) : errorText(t, { code }))}</span>
      {message ? (
        <span lang="en" className={styles['detail']}>
          {message}
        </span>
      ) : undefined}
    </>
  );
}
