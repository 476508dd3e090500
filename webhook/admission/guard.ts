import { at } from '../../common/json.ts';
import {
  ANNOTATION,
  explain,
  guard,
  type GuardedRequest,
  type Mode,
  type Settings,
  type Finding,
} from '../policy/index.ts';
import type { Access } from './access.ts';
import type { Deadline } from './deadline.ts';
import { Busy, unlessBusy, type Room } from './room.ts';
import { audit, checksOf, denied, NO_REMARKS, remarks, UNTOUCHED } from './answers.ts';
import { readGuarded, type Guarded, type GuardReader } from './guarded.ts';
import type { AdmissionRequest, Answer, Handler, Target } from './types.ts';

export interface GuardSurroundings {
  readonly reader: GuardReader;
  readonly access: Access;
  readonly settings: Settings;
  /** Address of the page that describes the checks. */
  readonly docs: string;
  /** Starts a time of so many milliseconds. */
  readonly deadline: (milliseconds: number) => Deadline;
  /** For look-ups. */
  readonly room: Room;
}

/** Milliseconds for look-ups, below the entry's timeout of 2 s. */
const BUDGET = 1500;

/**
 * Guards what a governed TraefikService rests on. It stands before ordinary work of a cluster, so what cannot be read
 * lets the request pass with a warning: a guard that holds up repairs would be worse than none.
 */
export function guardHandler(mode: Mode, surroundings: GuardSurroundings): Handler {
  return unlessBusy(mode, async (request) => {
    const leave = surroundings.room.enter();
    if (leave === null) throw new Busy();
    const { signal, end } = surroundings.deadline(BUDGET);
    try {
      return await decide(request, mode, surroundings, signal);
    } catch (error) {
      const why = signal.aborted ? 'the API server did not answer in time' : messageOf(error);
      return { ...UNTOUCHED, warnings: [`bluegreen could not check this change: ${why}`] };
    } finally {
      end();
      leave();
    }
  });
}

async function decide(
  request: AdmissionRequest,
  mode: Mode,
  { reader, access, settings, docs }: GuardSurroundings,
  signal: AbortSignal,
): Promise<Answer> {
  const guarded = await readGuarded(request, reader, signal);
  if (guarded === null) return UNTOUCHED;
  const verdict = guard({ request: guarded.request, settings });
  const { findings } = verdict;
  const about = targets(guarded.request).filter(({ name }) => name !== '');
  if (findings.length === 0 || mode !== 'enforce')
    return passed({ warnings: remarks(verdict, mode), findings, about, override: null });
  if (await namespaceEnds(request, reader, signal)) return UNTOUCHED;
  if (guarded.override === null) return denied({ ...verdict, switched: null, about, docs });
  if (await mayOverride(request, guarded, access, signal)) {
    const warnings = findings.map((each) => `overridden (${guarded.override}): ${explain(each)}`);
    return passed({ warnings, findings, about, override: guarded.override });
  }
  const addition = `. ${ANNOTATION.override} needs the verb override on traefikservices, which ${request.user.name} does not have`;
  return denied({ ...verdict, switched: null, about, docs, addition });
}

async function namespaceEnds(
  { namespace }: AdmissionRequest,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<boolean> {
  const object = await reader.getNamespace(namespace, signal);
  return object === null || at(object, 'metadata', 'deletionTimestamp') !== undefined;
}

/** The verb has to be granted on every TraefikService that the change concerns. */
async function mayOverride(
  { user, namespace }: AdmissionRequest,
  { request }: Guarded,
  access: Access,
  signal: AbortSignal,
): Promise<boolean> {
  const asked = targets(request).map((target) => access({ user, verb: 'override', namespace, ...target }, signal));
  return (await Promise.all(asked)).every(Boolean);
}

function targets(request: GuardedRequest): readonly Target[] {
  if (request.kind === 'traefikservice-deletion') return [{ group: request.group, name: request.name }];
  if (request.kind === 'ingressroute') return [{ group: 'traefik.io', name: '' }];
  if (request.kind === 'ingressroute-deletion')
    return request.leaves.map(({ group, traefikService }) => ({ group, name: traefikService }));
  const uses = request.kind === 'workload' ? [...request.uses, ...request.joins] : request.uses;
  return uses.map(({ group, traefikService }) => ({ group, name: traefikService }));
}

type Passed = Pick<Answer, 'warnings' | 'about' | 'override'> & { readonly findings: readonly Finding[] };

function passed({ findings, ...said }: Passed): Answer {
  const auditAnnotations = audit({ outcome: 'allowed', switched: null, findings, override: said.override });
  return { ...NO_REMARKS, ...said, verdict: 'allowed', checks: checksOf(findings), auditAnnotations };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
