import { newAttestation } from './attestation.ts';
import type { Attestation } from './attestation.ts';
import { entriesTouched } from './touched.ts';
import { newOverride, newRestore, newUnguard } from './permissions.ts';
import type { Permissions } from './permissions.ts';
import { previousIn, readRecord } from './record.ts';
import type { ReleaseRecord } from './record.ts';
import { stateOf } from './state.ts';
import type { State } from './state.ts';
import { switchOf } from './switch.ts';
import { namedKinds } from './traefik/named.ts';
import type { Change, Color, NamedKind, Pair, Settings, Switch } from './types.ts';
import type { JsonObject } from '../../common/json.ts';
import { fillWeights, storedStateOf } from './weights.ts';

/** What a change does, as far as the objects alone say. */
export interface ChangeSummary {
  /** Null at a creation, whatever the request brings along. */
  readonly oldObject: JsonObject | null;
  /** The object with its missing weights filled in. */
  readonly weighted: JsonObject;
  /** Colors whose missing weight was filled in. */
  readonly filled: readonly Color[];
  /** Null at a creation. */
  readonly oldState: State | null;
  readonly newState: State;
  readonly switched: Switch | null;
  /** What this request says anew about a smoke test. */
  readonly attestation: Attestation;
  /** The record on the old object, with a way back only where the annotation agrees. */
  readonly oldRecord: ReleaseRecord;
}

/** Everything follows from the old object and the change, never from record annotations that the change brings. */
export function summarizeChange({ change, pair }: { readonly change: Change; readonly pair: Pair }): ChangeSummary {
  const oldObject = change.operation === 'CREATE' ? null : change.oldObject;
  const oldState = oldObject === null ? null : storedStateOf(oldObject, pair);
  const { object: weighted, filled } = fillWeights(change.object ?? {}, pair, oldState);
  const newState = stateOf(weighted, pair);
  const attestation = newAttestation({ ...change, oldObject });
  const written = readRecord(oldObject);
  const previous = previousIn(written, oldObject);
  return {
    oldObject,
    weighted,
    filled,
    oldState,
    newState,
    // Who tests a color in the request that switches to it promotes it, whatever was active there before.
    switched: switchOf({ oldState, newState, previous: attestation === null ? previous : null }),
    attestation,
    oldRecord: previous === null ? { ...written, previous: null } : written,
  };
}

/** What has to be asked of the cluster before a change can be decided. */
export interface Needs {
  /** A color gains weight, an entry is new or changed, or a test is to be bound. */
  readonly facts: boolean;
  /** Traefik's own kinds that the entries name: facts tell whether these exist. */
  readonly named: readonly NamedKind[];
  /** Traffic comes to a color, or moves to the other one. */
  readonly neighbors: boolean;
  readonly verbs: readonly (keyof Permissions)[];
}

export function needsOf(
  { oldState, newState, switched, attestation }: ChangeSummary,
  change: Change,
  settings: Settings,
): Needs {
  const override = [newOverride(change), newUnguard(change), newRestore(change)].some((reason) => reason !== null);
  const promotes = settings.requirePromoteVerb && switched?.kind === 'promotion';
  const facts = attestation !== null || switched !== null || entriesTouched({ oldState, newState });
  return {
    facts,
    named: facts ? namedKinds([change.object, change.oldObject]) : [],
    neighbors: oldState === null || switched !== null,
    verbs: [...(override ? (['override'] as const) : []), ...(promotes ? (['promote'] as const) : [])],
  };
}
