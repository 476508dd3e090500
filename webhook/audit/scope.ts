import type { NamespaceMode } from '../policy/index.ts';
import { MODES } from '../policy/index.ts';
import type { AuditReader } from './reader.ts';

export interface ScopeSettings {
  /** The mode of namespaces without a label of their own. */
  readonly mode: NamespaceMode;
  /** Namespaces that are never looked at. */
  readonly excludedNamespaces: readonly string[];
}

/** Which namespaces are guarded at all, by the same rules as the admission entries. Asks only for those that differ from the default. */
export async function readScope(
  reader: AuditReader,
  { mode, excludedNamespaces }: ScopeSettings,
  signal: AbortSignal,
): Promise<(namespace: string) => boolean> {
  const offByDefault = mode === 'off';
  const others = await reader.namespacesWithMode(offByDefault ? MODES : ['off'], signal);
  const excluded = new Set(excludedNamespaces);
  return (namespace) => !excluded.has(namespace) && others.has(namespace) === offByDefault;
}
