import { MODE_LABEL, isWeaker, modeOf, NAMESPACE_MODES } from '../policy/index.ts';
import { at, text } from '../../common/json.ts';
import { missingWeights } from '../facts/manifests.ts';
import type { UsageReader } from '../facts/usage-reader.ts';
import type { Color, NamespaceMode } from '../policy/index.ts';
import { UNTOUCHED } from './answers.ts';
import type { Deadline } from './deadline.ts';
import type { AdmissionRequest, Handler } from './types.ts';

export interface ModeChange {
  readonly namespace: string;
  readonly from: NamespaceMode;
  readonly to: NamespaceMode;
  readonly user: string;
}

export interface ModeDependencies {
  readonly reader: Pick<UsageReader, 'listTraefikServices'>;
  /** Starts a time of so many milliseconds. */
  readonly deadline: (milliseconds: number) => Deadline;
  /** The mode of namespaces without a label of their own. */
  readonly mode: NamespaceMode;
  /** Whether the API server itself fills in missing weights, in every mode. */
  readonly fillsWeights: boolean;
  readonly observeMode: (change: ModeChange, request: AdmissionRequest) => void;
}

/** Milliseconds for the look-up, below the entry's timeout of 1 s. */
const BUDGET = 700;
/** More names would not fit into a warning. */
const NAMED = 3;

/**
 * Makes a change of a namespace's mode visible, which is a way around every rule: to the one who makes it, to the audit
 * log and, unless it is a dry run, to `observeMode`. Nothing is ever denied here: who may label a namespace may do this.
 */
export function namespaceModeHandler(dependencies: ModeDependencies): Handler {
  const { mode: fallback, observeMode } = dependencies;
  return async (request) => {
    const label = labelOf(request.object);
    const from = modeOf(labelOf(request.oldObject), fallback);
    const to = modeOf(label, fallback);
    const isMistake = label !== null && !NAMESPACE_MODES.some((mode) => mode === label);
    const warnings = isMistake
      ? [
          `${MODE_LABEL}=${label} is not a mode (${NAMESPACE_MODES.join(', ')}): the default applies, which is ${fallback}`,
        ]
      : [];
    if (request.operation !== 'UPDATE' || request.object === null || from === to) return { ...UNTOUCHED, warnings };
    const { name: namespace, user } = request;
    if (!request.dryRun) observeMode({ namespace, from, to, user: user.name }, request);
    return {
      ...UNTOUCHED,
      warnings: [
        ...warnings,
        ...(isWeaker(to, from) ? [guardedNow(namespace, from, to)] : []),
        ...(await weightWarnings({ namespace, from, to }, dependencies)),
      ],
      auditAnnotations: { mode: `${from} to ${to}` },
    };
  };
}

/**
 * With the mode off: which manifests split production at their next apply, because no webhook fills in their weights.
 * With another mode after it: which production is split since then.
 */
async function weightWarnings(
  { namespace, from, to }: Pick<ModeChange, 'namespace' | 'from' | 'to'>,
  { fillsWeights, reader, deadline }: ModeDependencies,
): Promise<readonly string[]> {
  if ((to === 'off' && fillsWeights) || (to !== 'off' && from !== 'off')) return [];
  const { signal, end } = deadline(BUDGET);
  try {
    const { manifests, lost } = await missingWeights(reader, namespace, signal);
    if (to !== 'off') return lost.slice(0, NAMED).map(({ name, active }) => isSplit(namespace, name, active));
    return manifests.length === 0
      ? []
      : [`write weights into the manifests of ${inShort(manifests)}, which leave them out: ${SPLITS}`];
  } catch {
    return to === 'off'
      ? [`write weights into the manifests of namespace ${namespace} that leave them out: ${SPLITS}`]
      : [];
  } finally {
    end();
  }
}

function inShort(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}

function isSplit(namespace: string, name: string, active: Color): string {
  const command = `kubectl bluegreen promote ${name} -n ${namespace} --to ${active}`;
  return `Traefik splits the production of ${name} evenly, because it has no weights. Run: ${command}`;
}

const SPLITS = 'with mode off nothing fills them in, and the next apply splits production evenly';

function guardedNow(namespace: string, from: NamespaceMode, to: NamespaceMode): string {
  return to === 'off'
    ? `namespace ${namespace} is no longer guarded by bluegreen: mode off, before it was ${from}`
    : `namespace ${namespace} is now guarded by bluegreen in mode ${to}, before it was ${from}: nothing is denied`;
}

function labelOf(namespace: AdmissionRequest['object']): string | null {
  return text(at(namespace, 'metadata', 'labels', MODE_LABEL));
}
