import { GROUPS } from '../../webhook/policy/index.ts';
import type { Group } from '../../webhook/policy/index.ts';
import { UsageError } from '../kube/errors.ts';

/** A TraefikService as typed: `shop`, `traefikservice/shop`, `traefikservice.traefik.containo.us/shop`. */
export interface TraefikServiceArgument {
  readonly name: string;
  /** Null where the group was left open. */
  readonly group: Group | null;
}

/** How many names a command takes at most. */
export const MOST_NAMES = 50;

const TYPES = new Set(['traefikservice', 'traefikservices', 'ts']);
const NAME = /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;

/** Reads one NAME argument. Throws a UsageError for another resource type or a name that no object can have. */
export function parseTarget(argument: string): TraefikServiceArgument {
  const slash = argument.indexOf('/');
  const name = argument.slice(slash + 1);
  if (!NAME.test(name)) throw new UsageError(`invalid name "${argument}": expected NAME or traefikservice/NAME`);
  if (slash < 0) return { name, group: null };
  const type = argument.slice(0, slash).toLowerCase();
  const dot = type.indexOf('.');
  const kind = dot < 0 ? type : type.slice(0, dot);
  const groupText = dot < 0 ? '' : type.slice(dot + 1).replace(/^v1alpha1\./, '');
  const group = GROUPS.find((known) => known === groupText) ?? null;
  if (!TYPES.has(kind) || (groupText !== '' && group === null)) {
    throw new UsageError(
      `"${argument.slice(0, slash)}" is not a resource type that can be switched: expected traefikservice/NAME`,
    );
  }
  return { name, group };
}

/** The first argument; null without one, where the command finds the only TraefikService there is. Throws as parseTarget. */
export function firstTarget([argument]: readonly string[]): TraefikServiceArgument | null {
  return argument === undefined ? null : parseTarget(argument);
}

/** Every argument, each once; a null without any, as of `firstTarget`. Throws as parseTarget. */
export function allTargets(args: readonly string[]): readonly (TraefikServiceArgument | null)[] {
  return args.length === 0 ? [null] : [...new Set(args)].map(parseTarget);
}
