import { ANNOTATION } from './annotations.ts';
import type { Change } from './types.ts';

type CommandTarget = Pick<Change, 'group' | 'namespace' | 'name'>;

/** The plugin's command for a TraefikService, as a user types it. */
export function pluginCommand(
  verb: 'promote' | 'rollback' | 'smoke' | 'status',
  { namespace, name }: CommandTarget,
): string {
  return `kubectl bluegreen ${verb} ${name} -n ${namespace}`;
}

/**
 * The command that attests a smoke test. The group is part of it: where both are installed, kubectl takes a plain
 * `traefikservice` for the old one.
 */
export function attestCommand({ group, namespace, name }: CommandTarget, value: string): string {
  return `kubectl annotate --overwrite traefikservice.${group}/${name} -n ${namespace} ${quoted(`${ANNOTATION.smokeTest}=${value}`)}`;
}

/** A word for a shell: image names and placeholders can hold anything. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
