import type { Bed } from './bed.ts';

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
  /**
   * Whether a replica goes without a word. The API server makes no second call, so entries that never hold anything up
   * (failurePolicy Ignore) open for the calls that it had in hand: as many as the API server itself counts, no more.
   */
  readonly abrupt?: boolean;
  /** Before the load. */
  prepare?(bed: Bed): Promise<void>;
  /** Under load; resolves when it is over. */
  happen(bed: Bed): Promise<void>;
  /** After the load. */
  restore?(bed: Bed): Promise<void>;
}
