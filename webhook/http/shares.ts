/** Gives back what was taken; safe to call twice. */
export type GiveBack = () => void;

/** Something that peers share: connections, or bytes of bodies. */
export interface Shares {
  /**
   * Takes so much for a peer. Where too little is left, the peer that holds most gives way, its oldest first, as long as it
   * holds more than this peer then would. Null where that is not enough: nothing was taken then.
   *
   * @param giveWay ends what the share is held for, at once; the share is given back before it is called
   */
  take(peer: string, amount: number, giveWay: () => void): GiveBack | null;
}

interface Held {
  readonly amount: number;
  readonly giveWay: () => void;
}

interface Peer {
  total: number;
  /** The oldest first. */
  readonly held: Set<Held>;
}

/**
 * @param most what all peers may hold together
 * @param proven whether a peer is known to be an API server: it gives way to no other peer, and every other one to it
 */
export function createShares(most: number, proven: (peer: string) => boolean = () => false): Shares {
  const peers = new Map<string, Peer>();
  let total = 0;

  function giveBack(name: string, held: Held): void {
    const peer = peers.get(name);
    if (peer?.held.delete(held) !== true) return;
    peer.total -= held.amount;
    total -= held.amount;
    if (peer.held.size === 0) peers.delete(name);
  }

  /** The one that is to give way to `name`, which would hold `wanted`. */
  function largest(name: string, wanted: number): string | null {
    let found: string | null = null;
    for (const [other, peer] of peers) {
      if (other === name || !yields({ other, holds: peer.total }, { name, wanted })) continue;
      if (found === null || peer.total > (peers.get(found)?.total ?? 0)) found = other;
    }
    return found;
  }

  function yields(
    { other, holds }: { readonly other: string; readonly holds: number },
    { name, wanted }: { readonly name: string; readonly wanted: number },
  ): boolean {
    const [mine, its] = [proven(name), proven(other)];
    return mine === its ? holds > wanted : mine;
  }

  function makeRoom(name: string, amount: number): boolean {
    while (total + amount > most) {
      const victim = largest(name, (peers.get(name)?.total ?? 0) + amount);
      const [oldest] = victim === null ? [] : (peers.get(victim)?.held ?? []);
      if (victim === null || oldest === undefined) return false;
      giveBack(victim, oldest);
      oldest.giveWay();
    }
    return true;
  }

  return {
    take(name, amount, giveWay) {
      if (amount > most || !makeRoom(name, amount)) return null;
      const peer = peers.get(name) ?? { total: 0, held: new Set<Held>() };
      const held = { amount, giveWay };
      peers.set(name, peer);
      peer.held.add(held);
      peer.total += amount;
      total += amount;
      return () => giveBack(name, held);
    },
  };
}
