import type { TraefikSettings } from './settings.ts';

/** Why Traefik cannot build an entry, whatever its weight: it drops the object that holds it and answers 404. */
export interface Obstacle {
  /** Terse, without names. */
  readonly reason: string;
  /** What is wrong, in words that begin a sentence, without a period. */
  readonly cause: string;
  /** How to mend it, a sentence without a period. */
  readonly fix: string;
  /** The setting of Traefik that it rests on; null where it is an obstacle with every setting. */
  readonly setting: keyof TraefikSettings | null;
  /** False where only some versions of Traefik fail at it, or what would tell could not be read. */
  readonly certain: boolean;
  /** Whether it is an object that does not exist and may yet be created. */
  readonly absent: boolean;
}

type Said = Pick<Obstacle, 'reason' | 'cause' | 'fix'>;

/** An obstacle with every setting and version. */
export function obstacle(said: Said): Obstacle {
  return { ...said, setting: null, certain: true, absent: false };
}

/** An object that does not exist. */
export function absence(said: Said): Obstacle {
  return { ...obstacle(said), absent: true };
}

/** An obstacle while a setting of Traefik is as it is. */
export function obstacleBy(setting: keyof TraefikSettings, said: Said): Obstacle {
  return { ...said, setting, certain: true, absent: false };
}

/** What may be an obstacle: its cause says what Traefik then does. */
export function suspicion(said: Said): Obstacle {
  return { ...said, setting: null, certain: false, absent: false };
}
