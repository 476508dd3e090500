import { at } from '../policy/json.ts';
import { explain, guard, type GuardedRequest, type Mode, type Settings, type Verdict } from '../policy/index.ts';
import type { Access } from './access.ts';
import { readGuarded, type Guarded, type GuardReader } from './guarded.ts';
import type { AdmissionRequest, Answer, Handler } from './types.ts';

export interface GuardSurroundings {
  readonly reader: GuardReader;
  readonly access: Access;
  readonly settings: Settings;
  /** Aborts after so many milliseconds. */
  readonly deadline: (milliseconds: number) => AbortSignal;
}

/** Milliseconds for look-ups, below the entry's timeout of 1 s. */
const BUDGET = 700;

/**
 * Guards what a governed TraefikService rests on. It stands before ordinary work of a cluster, so what cannot be read
 * lets the request pass with a warning: a guard that holds up repairs would be worse than none.
 */
export function guardHandler(mode: Mode, surroundings: GuardSurroundings): Handler {
  return async (request) => {
    const signal = surroundings.deadline(BUDGET);
    try {
      return await decide(request, mode, surroundings, signal);
    } catch (error) {
      const why = signal.aborted ? 'the API server did not answer in time' : messageOf(error);
      return allowed([`bluegreen could not check this change: ${why}`]);
    }
  };
}

async function decide(
  request: AdmissionRequest,
  mode: Mode,
  { reader, access, settings }: GuardSurroundings,
  signal: AbortSignal,
): Promise<Answer> {
  const guarded = await readGuarded(request, reader, signal);
  if (guarded === null) return allowed([]);
  const verdict = guard({ request: guarded.request, settings });
  if (verdict.violations.length === 0) return allowed(verdict.warnings);
  const said = verdict.violations.map(explain);
  if (mode === 'audit') return allowed([], said);
  if (mode === 'warn') return allowed([...said.map((each) => `would be refused: ${each}`), ...verdict.warnings], said);
  if (await namespaceEnds(request, reader, signal)) return allowed([]);
  if (guarded.override === null) return denied(verdict, '');
  if (await mayOverride(request, guarded, access, signal))
    return allowed(
      said.map((each) => `overridden (${guarded.override}): ${each}`),
      said,
    );
  return denied(
    verdict,
    `; bluegreen.dev/override needs the verb override on traefikservices, which ${request.user.name} does not have`,
  );
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

type Target = { readonly group: 'traefik.io' | 'traefik.containo.us'; readonly name: string };

function targets(request: GuardedRequest): readonly Target[] {
  if (request.kind === 'traefikservice-deletion') return [{ group: request.group, name: request.name }];
  if (request.kind === 'ingressroute') return [{ group: 'traefik.io', name: '' }];
  return request.uses.map(({ group, traefikService }) => ({ group, name: traefikService }));
}

function allowed(warnings: readonly string[], violations: readonly string[] = []): Answer {
  const auditAnnotations: Record<string, string> = violations.length === 0 ? {} : { violations: violations.join('; ') };
  return { verdict: 'allowed', switched: null, warnings, auditAnnotations };
}

function denied({ violations, warnings }: Verdict, addition: string): Answer {
  const message = violations.map(explain).join('; ');
  return {
    verdict: 'denied',
    reason: 'Forbidden',
    message: `${message}${addition}`,
    checks: violations.map(({ check }) => check),
    switched: null,
    warnings,
    auditAnnotations: { violations: message },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
