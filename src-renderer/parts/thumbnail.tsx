/** A small preview image that is asked for only when it stays on the screen, with a quiet stand-in until then. */
import { IconPhoto } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import styles from './thumbnail.module.css';

/** Milliseconds a thumbnail must stay on the screen before it is fetched, so that fast scrolling fetches none. */
const patience = 120;
/** Milliseconds an address must rest before it replaces a picture that is there: images that pour in renew it once. */
const patienceWithPicture = 1000;

/**
 * Props: the address, and what the picture shows for those who cannot see it ('' where the text beside it says so).
 * Another address is a newer picture of the same thing; another thing needs another `key`.
 */
export interface ThumbnailProps {
  readonly source: string;
  readonly label: string;
}

/** A preview that fills its parent's width and keeps square; the old picture stays until the new one has come. */
export function Thumbnail({ source, label }: ThumbnailProps) {
  const [wanted, setWanted] = useState<string>();
  const [loaded, setLoaded] = useState<string>();
  const [failed, setFailed] = useState<string>();
  const hasPicture = loaded !== undefined;
  useEffect(() => {
    const timer = setTimeout(() => setWanted(source), hasPicture ? patienceWithPicture : patience);
    return () => clearTimeout(timer);
  }, [source, hasPicture]);
  const sources = new Set([loaded, wanted === failed ? undefined : wanted]);
  return (
    <span className={styles['frame']}>
      {[...sources].map((address) =>
        address === undefined ? undefined : (
          <img
            key={address}
            className={styles['image']}
            src={address}
            alt={address === (loaded ?? wanted) ? label : ''}
            data-state={hasPicture && address !== loaded ? 'coming' : undefined}
            draggable={false}
            onLoad={() => setLoaded(address)}
            onError={() => setFailed(address)}
          />
        ),
      )}
      {sources.size === 1 && sources.has(undefined) ? (
        <IconPhoto className={styles['standIn']} aria-hidden stroke={1.4} />
      ) : undefined}
    </span>
  );
}
