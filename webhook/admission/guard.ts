import { messageOf } from '../../common/errors.ts';
import { at } from '../../common/json.ts';
import { ANNOTATION, checksOf, guard, NO_OVERRIDE, warningLines } from '../policy/index.ts';
import type { Group, GuardedRequest, Mode, Settings, Finding } from '../policy/index.ts';
import type { Access } from './access.ts';
import type { Deadline } from './deadline.ts';
import { Overloaded, denyWhenOverloaded } from './concurrency-limit.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { audit, denied, NO_REMARKS, remarks, UNTOUCHED } from './answers.ts';
import { readGuarded } from './guarded.ts';
import type { GuardReader } from './guarded.ts';
import type { AdmissionRequest, Answer, Handler, TraefikServiceRef } from './types.ts';

export interface GuardDependencies {
  readonly reader: GuardReader;
  readonly access: Access;
  readonly settings: Settings;
  /** Where the pages of docs/ are published. */
  readonly docsUrl: string;
  /** Starts a time of so many milliseconds. */
  readonly deadline: (milliseconds: number) => Deadline;
  /** For look-ups. */
  readonly lookups: ConcurrencyLimit;
}

/** Milliseconds for look-ups, below the entry's timeout of 2 s. */
const BUDGET = 1500;

/**
 * Guards the objects that a governed TraefikService depends on. It sees ordinary work of a cluster, so what cannot be read
 * lets the request pass with a warning: a guard that holds up repairs would be worse than none.
 */
export function guardHandler(mode: Mode, dependencies: GuardDependencies): Handler {
  return denyWhenOverloaded(mode, async (request) => {
    const release = dependencies.lookups.acquire();
    if (release === null) throw new Overloaded();
    const { signal, end } = dependencies.deadline(BUDGET);
    try {
      return await decide(request, mode, dependencies, signal);
    } catch (error) {
      const why = signal.aborted ? 'the API server did not answer in time' : messageOf(error);
      return { ...UNTOUCHED, warnings: [`bluegreen could not check this request and allowed it: ${why}`] };
    } finally {
      end();
      release();
    }
  });
}

async function decide(
  request: AdmissionRequest,
  mode: Mode,
  { reader, access, settings, docsUrl }: GuardDependencies,
  signal: AbortSignal,
): Promise<Answer> {
  const guarded = await readGuarded(request, reader, signal, settings);
  if (guarded.length === 0) return UNTOUCHED;
  const verdicts = guarded.map((each) => guard({ request: each.request, settings }));
  const findings = verdicts.flatMap((each) => each.findings);
  const verdict = { findings, warnings: verdicts.flatMap((each) => each.warnings) };
  const override = guarded.map((each) => each.override).find((each) => each !== null) ?? null;
  const asked = guarded.flatMap((each) => targets(each.request));
  const about = asked.filter((each) => each.name !== '' && isIn(each, request.namespace));
  if (findings.length === 0 || mode !== 'enforce')
    return passed({ warnings: remarks({ ...verdict, ...NO_OVERRIDE }, mode), findings, about, override: null });
  if (await namespaceEnds(request, reader, signal)) return UNTOUCHED;
  if (override === null) return denied({ ...verdict, switched: null, about, docsUrl });
  if (await mayOverride(request, asked, access, signal)) {
    const warnings = warningLines({ overridden: findings, override, warnings: [] });
    return passed({ warnings, findings, about, override });
  }
  const addition = `${ANNOTATION.override} needs the verb override on traefikservices, which ${request.user.name} does not have`;
  return denied({ ...verdict, switched: null, about, docsUrl, addition });
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
  asked: readonly TraefikServiceRef[],
  access: Access,
  signal: AbortSignal,
): Promise<boolean> {
  const answers = asked.map((target) => access({ user, verb: 'override', namespace, ...target }, signal));
  return (await Promise.all(answers)).every(Boolean);
}

/** A TraefikService, of the request's namespace where none is given. */
interface Target extends TraefikServiceRef {
  readonly namespace?: string;
}

function isIn(target: Target, namespace: string): boolean {
  return (target.namespace ?? namespace) === namespace;
}

function targets(request: GuardedRequest): readonly Target[] {
  if (request.kind === 'traefikservice-deletion') return [{ group: request.group, name: request.name }];
  if (request.kind === 'traefikservice-update') return [...request.leaves, ...request.mixes].map(targetOf);
  if (request.kind === 'other-route') return [{ group: 'traefik.io', name: '' }];
  if (request.kind === 'ingressroute') {
    const concerned = [...request.leaves, ...request.mixes, ...request.previews, ...request.parts];
    return concerned.length === 0 ? [{ group: 'traefik.io', name: '' }] : concerned.map(targetOf);
  }
  if (request.kind === 'owners') return request.neededBy.map(targetOf);
  if (request.kind === 'traefikservice') {
    const others = request.collisions.map(({ other }) => other).filter((other) => other !== null);
    return [{ group: request.group, name: request.name }, ...others];
  }
  const uses = request.kind === 'workload' ? [...request.uses, ...request.joins] : request.uses;
  return uses.map(targetOf);
}

function targetOf({ group, traefikService }: { readonly group: Group; readonly traefikService: string }) {
  return { group, name: traefikService };
}

type Passed = Pick<Answer, 'warnings' | 'about' | 'override'> & { readonly findings: readonly Finding[] };

function passed({ findings, ...said }: Passed): Answer {
  const auditAnnotations = audit({ outcome: 'allowed', switched: null, findings, override: said.override });
  return { ...NO_REMARKS, ...said, verdict: 'allowed', checks: checksOf(findings), auditAnnotations };
}
