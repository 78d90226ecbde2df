/** A small preview image that is asked for only when it stays on the screen, with a quiet stand-in until then. */
import { IconPhoto } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import styles from './thumbnail.module.css';

/** Milliseconds a thumbnail must stay on the screen before it is fetched, so that fast scrolling fetches none. */
const patience = 120;

/** Props: the address, and what the picture shows for those who cannot see it ('' where the text beside it says so). */
export interface ThumbnailProps {
  readonly source: string;
  readonly label: string;
}

/** A preview that fills its parent's width and keeps square. */
export function Thumbnail({ source, label }: ThumbnailProps) {
  const [wanted, setWanted] = useState<string>();
  const [failed, setFailed] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setWanted(source), patience);
    return () => clearTimeout(timer);
  }, [source]);
  const isShown = wanted === source && failed !== source;
  return (
    <span className={styles['frame']}>
      {isShown ? (
        <img className={styles['image']} src={source} alt={label} draggable={false} onError={() => setFailed(source)} />
      ) : (
        <IconPhoto className={styles['standIn']} aria-hidden stroke={1.4} />
      )}
    </span>
  );
}
