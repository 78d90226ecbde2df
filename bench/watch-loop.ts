/** Loaded into a server before it starts: measures the delay of its event loop and its memory, and tells them when it is asked. */
import { existsSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 5 });
let mostMemory = 0;
setInterval(() => (mostMemory = Math.max(mostMemory, ownMemory())), 50).unref();

/* What is the process' own: pages of mapped files are the system's cache, which it takes back when it needs them. */
function ownMemory(): number {
  if (!existsSync('/proc/self/status')) return process.memoryUsage.rss();
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return kilobytes === undefined ? process.memoryUsage.rss() : Number(kilobytes) * 1024;
}

/** What a watched server tells: milliseconds and bytes since it was last asked. */
export interface LoopReport {
  readonly p99: number;
  readonly longest: number;
  readonly mostMemory: number;
}

/* 5 ms are the pace of the measurement itself. */
const milliseconds = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 5);

process.on('message', () => {
  process.send?.({ p99: milliseconds(delay.percentile(99)), longest: milliseconds(delay.max), mostMemory });
  delay.reset();
  mostMemory = 0;
});
/* Listening for messages must not keep the server alive. */
process.channel?.unref();
delay.enable();
