/** Who may run beside whom: one node, or those in trouble together, do not take all places. */

/** The rule over lanes. */
export interface Lanes {
  /** The lanes of which no further job may begin now. */
  closed(running: readonly { readonly lane: string | null }[], inTrouble: readonly string[]): string[];
}

/**
 * Of so many places a lane takes all but one (the one, where there is one), a lane in trouble one, and the lanes in trouble
 * together all but one. So a sender to a node that answers waits for none that does not.
 */
export function createLanes(places: number): Lanes {
  const most = Math.max(1, places - 1);
  return {
    closed: (running, inTrouble) => {
      const lanes = running.flatMap(({ lane }) => (lane === null ? [] : [lane]));
      const count = (lane: string): number => lanes.filter((other) => other === lane).length;
      const troubled = new Set(inTrouble);
      const isFull = lanes.filter((lane) => troubled.has(lane)).length >= most;
      const busy = lanes.filter((lane) => troubled.has(lane) || count(lane) >= most);
      return [...new Set([...busy, ...(isFull ? inTrouble : [])])];
    },
  };
}
