import type { Client } from '../e2e/api.ts';
import type { Cluster } from '../cluster/index.ts';
import type { Sample } from './load.ts';
import type { Probe } from './probes.ts';

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
  /** The requests that it is about, in place of those of every kind. */
  readonly probes?: readonly Probe[];
  /** Before the load. */
  prepare?(bed: Bed): Promise<void>;
  /** Under load; resolves when it is over. */
  happen(bed: Bed): Promise<void>;
  /** After the load. */
  restore?(bed: Bed): Promise<void>;
}

/** Where faults happen: a cluster with the chart installed, and objects whose answers are known. */
export interface Bed {
  readonly cluster: Cluster;
  readonly client: Client;
  /** Installs or upgrades the chart; what `values` leaves out is as the bed was opened with. */
  install(values?: Readonly<Record<string, string>>): Promise<void>;
  /** Resolves when every replica is ready and as many as there should be. */
  settled(): Promise<void>;
  /** A rising load whose answers do not matter: programs that have just started are slow for a while. */
  warmUp(rate: number): Promise<void>;
  /** Lets a fault happen under load; every request that was sent meanwhile. */
  run(fault: Fault, pace: Pace): Promise<readonly Sample[]>;
  close(): Promise<void>;
}

export interface Pace {
  /** Admissions a second: calls of the webhook. */
  readonly rate: number;
  /** Seconds of load before the fault, and after it is over. */
  readonly margin: number;
}
