import type { Bed } from './bed.ts';
import type { Outcome } from './judge.ts';

/** Something that goes wrong while admissions are asked for: one file in `faults`, one row of the table. */
export interface Fault {
  /** For the command line. */
  readonly name: string;
  /** For the table. */
  readonly what: string;
  /** Whether a healthy replica answers all the time: the goal is then that no request notices. */
  readonly answered: boolean;
  /** Whether the API server itself is away for a while; what it does not take is then counted apart. */
  readonly apiServerAway?: boolean;
  /** What no webhook can make 0, by how Kubernetes calls them. */
  readonly tolerated?: Tolerated;
  /** Before the load. */
  prepare?(bed: Bed): Promise<void>;
  /** Under load; resolves when it is over. */
  happen(bed: Bed): Promise<void>;
  /** After the load. */
  restore?(bed: Bed): Promise<void>;
}

/** What a request may suffer at all; to be passed though a rule forbids it is never among that. */
export type Bearable = Extract<Outcome, 'failed' | 'denied by error' | 'guard missed'>;

export interface Tolerated {
  /** How many requests of one run at most, by what became of them. */
  readonly most: Readonly<Record<Bearable, number>>;
  /** Why there is nothing that the webhook could do. */
  readonly reason: string;
}
