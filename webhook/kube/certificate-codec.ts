import { text } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { KubeError } from './errors.ts';

/** Bytes as the API carries them. */
export function encode(value: string): string {
  return Buffer.from(value).toString('base64');
}

/** The text in a field of bytes; empty when there is none. */
export function decode(value: Json | undefined): string {
  return Buffer.from(text(value) ?? '', 'base64').toString();
}

/** `done`, or `race` when the API server answers with one of the statuses that say that somebody was faster. */
export async function unlessLost<Done, Race>(
  statuses: readonly number[],
  done: Done,
  race: Race,
  write: () => Promise<unknown>,
): Promise<Done | Race> {
  try {
    await write();
    return done;
  } catch (error) {
    if (error instanceof KubeError && statuses.includes(error.status)) return race;
    throw error;
  }
}
