/** How long ago something came, kept up to date. */
import { createContext, useContext, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useFormat } from './use-format.ts';

const Now = createContext(0);

/** Keeps one clock for every `Ago` below it; it ticks twice a minute. */
export function NowProvider({ children }: { readonly children: ReactNode }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return <Now value={now}>{children}</Now>;
}

/** `2 min ago` for an ISO 8601 instant; the exact time is its tooltip. */
export function Ago({ instant }: { readonly instant: string | undefined }) {
  const format = useFormat();
  // What came after the last tick would lie in the future of that tick.
  const now = Math.max(useContext(Now), instant ? Date.parse(instant) : 0);
  return <span title={format.instant(instant)}>{format.ago(instant, now)}</span>;
}
