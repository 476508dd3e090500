import { TRAEFIK_LENIENT } from '../../webhook/policy/index.ts';
import type { Settings } from '../../webhook/policy/index.ts';

/** What the operator chose is known to the webhook only, which decides again: the plugin does not guess a denial. */
export const LENIENT: Settings = { ...TRAEFIK_LENIENT, requireFullCapacity: false, requirePromoteVerb: false };
