import type { JsonObject } from '../../common/json.ts';
import type { Occurrence, Subject } from './occurrence.ts';

/** An Event as it is to be written. */
export interface EventToWrite extends Occurrence {
  /** Of the Event itself. */
  readonly name: string;
  readonly first: Date;
  /** How often it happened, and when the last time. */
  readonly count: number;
  readonly last: Date;
}

/** What Events need of a cluster. Rejects with a sentence for a user. */
export interface EventStore {
  /** The TraefikService as it is stored now; null when there is none. */
  read(subject: Omit<Subject, 'uid'>, signal: AbortSignal): Promise<JsonObject | null>;
  /** Writes a new Event; one that another replica has written is fine. */
  create(event: EventToWrite, signal: AbortSignal): Promise<void>;
  /** Writes how often an Event has happened by now. */
  repeat(event: EventToWrite, signal: AbortSignal): Promise<void>;
}
