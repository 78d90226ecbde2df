/** Medians and ratios of measured times, as a table to read and to paste. */

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The value that a share of some numbers does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] as number;
}

/** Seconds of each server on one load, in the order of the runs. */
export type Runs = ReadonlyMap<string, readonly number[]>;

/** A Markdown table: median, least and most seconds of each server, and our median as a share of theirs. */
export function table(load: string, runs: Runs): string {
  const [ours = []] = runs.values();
  const rows = [...runs].map(([name, seconds]) => {
    const ratio = seconds === ours ? '' : (median(ours) / median(seconds)).toFixed(2);
    const figures = [median(seconds), Math.min(...seconds), Math.max(...seconds)].map((value) => value.toFixed(2));
    return `| ${name} | ${figures.join(' | ')} | ${ratio} |`;
  });
  return [
    `### ${load}`,
    '',
    '| server | median s | least | most | Chairside / it |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
