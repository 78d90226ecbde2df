/** One line of text from a data set or a network: it stays within its own direction and width, whole in its tooltip. */
import { withoutControls } from './readable-name.ts';
import styles from './plain-text.module.css';

/** Props: the text, and whether it stands back. */
export interface PlainTextProps {
  readonly text: string | undefined;
  readonly isDim?: boolean;
}

/** The text, cut with an ellipsis where there is no room. */
export const PlainText = ({ text, isDim = false }: PlainTextProps) => (
  <bdi className={styles['text']} data-dim={isDim} title={text && withoutControls(text)}>
    {text}
  </bdi>
);
