/** A state in one or two words, tinted. */
import styles from './tag.module.css';

/** What a state means for a person: nothing yet, under way, good, waiting for something, bad. */
export type Tone = 'plain' | 'busy' | 'good' | 'wait' | 'bad';

/** The word. */
export const Tag = ({ tone, text }: { readonly tone: Tone; readonly text: string }) => (
  <span className={styles['tag']} data-tone={tone}>
    {text}
  </span>
);
