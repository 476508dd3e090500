// Which versions the test cluster is made of: the newest ones, or those of a row of `npm run test:matrix`.
import { at } from '../../common/json.ts';
import { Problem } from '../../scripts/lib/problem.ts';
import { toolFile } from './tools/cache.ts';
import { CATALOG } from './tools/catalog.ts';
import type { Tool } from './tools/tool.ts';

/** Names the versions as JSON; what it leaves out is the newest one. */
export const VERSIONS = 'BLUEGREEN_VERSIONS';

/** The tools that have a version of each program. */
const TOOLS = {
  kubernetes: { '1.30': 'kubernetes130', '1.37': 'kubernetes' },
  kubectl: { '1.30': 'kubernetes130', '1.35': 'kubectl135', '1.37': 'kubernetes' },
  helm: { '3': 'helm', '4': 'helm4' },
  traefik: { '2.11': 'traefik2', '3.0': 'traefik30', '3.6': 'traefik36', '3.7': 'traefik' },
} as const;

export type ProgramName = keyof typeof TOOLS;

export interface Versions {
  readonly kubernetes: keyof (typeof TOOLS)['kubernetes'];
  readonly kubectl: keyof (typeof TOOLS)['kubectl'];
  readonly helm: keyof (typeof TOOLS)['helm'];
  readonly traefik: keyof (typeof TOOLS)['traefik'];
  /** Traefik's option, which versions before 3.7.11 do not know. */
  readonly safeNaming: boolean;
}

export const NEWEST: Versions = { kubernetes: '1.37', kubectl: '1.37', helm: '3', traefik: '3.7', safeNaming: false };

function isKey<T extends object>(table: T, name: unknown): name is keyof T {
  return typeof name === 'string' && Object.hasOwn(table, name);
}

function chosen<T extends object>(program: string, table: T, given: unknown, standard: keyof T): keyof T {
  const wanted = at(given, program) ?? standard;
  if (isKey(table, wanted)) return wanted;
  throw new Problem(
    `${VERSIONS}: there is no ${program} ${JSON.stringify(wanted)}, only ${Object.keys(table).join(', ')}.`,
  );
}

/** The versions that the environment names; null where it names none. */
export function chosenVersions(env: NodeJS.ProcessEnv = process.env): Versions | null {
  const text = env[VERSIONS];
  if (text === undefined) return null;
  const given: unknown = JSON.parse(text);
  return {
    kubernetes: chosen('kubernetes', TOOLS.kubernetes, given, NEWEST.kubernetes),
    kubectl: chosen('kubectl', TOOLS.kubectl, given, NEWEST.kubectl),
    helm: chosen('helm', TOOLS.helm, given, NEWEST.helm),
    traefik: chosen('traefik', TOOLS.traefik, given, NEWEST.traefik),
    safeNaming: at(given, 'safeNaming') === true,
  };
}

/** The versions that a cluster is made of. */
export function versions(): Versions {
  return chosenVersions() ?? NEWEST;
}

/** Whether the API server of this run serves MutatingAdmissionPolicies unless it is told not to. */
export function hasMutatingPolicies(): boolean {
  return versions().kubernetes !== '1.30';
}

/** The tool that has this version of a program. */
export function toolOf<Name extends ProgramName>(program: Name, version: Versions[Name]): Tool {
  const ids: Readonly<Record<string, string>> = TOOLS[program];
  const tool = CATALOG.find(({ id }) => id === ids[version]);
  if (tool === undefined) throw new Problem(`No tool has ${program} ${version}.`);
  return tool;
}

/** The path of kubectl or helm in the version of this run. */
export function clientProgram(program: 'kubectl' | 'helm'): string {
  return toolFile(toolOf(program, versions()[program]).id, program);
}
