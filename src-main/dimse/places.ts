/** The places for associations open at once, in all and from one address. */

/** A place taken; `refusal` says in a sentence why there is none, but the counting goes on until `leave`. */
interface Place {
  readonly refusal: string | undefined;
  leave(): void;
}

/** All places of a server. */
export interface Places {
  /** Connections that hold a place or wait to be told that there is none. */
  readonly taken: number;
  take(address: string): Place;
}

/** Places for `total` associations, `perAddress` of them from one address. */
export function createPlaces(total: number, perAddress: number): Places {
  const byAddress = new Map<string, number>();
  let taken = 0;

  const count = (address: string, step: 1 | -1): number => {
    const now = (byAddress.get(address) ?? 0) + step;
    if (now === 0) byAddress.delete(address);
    else byAddress.set(address, now);
    taken += step;
    return now;
  };

  return {
    get taken() {
      return taken;
    },
    take: (address) => {
      const here = count(address, 1);
      const refusal =
        taken > total
          ? `There are ${total} associations already.`
          : here > perAddress
            ? `There are ${perAddress} associations from this address already.`
            : undefined;
      return { refusal, leave: () => void count(address, -1) };
    },
  };
}
