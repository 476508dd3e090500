import { MODE_LABEL, isWeaker, modeOf, NAMESPACE_MODES } from '../policy/index.ts';
import { at, text } from '../../common/json.ts';
import type { NamespaceMode } from '../policy/index.ts';
import { UNTOUCHED } from './answers.ts';
import type { AdmissionRequest, Handler } from './types.ts';

export interface ModeChange {
  readonly namespace: string;
  readonly from: NamespaceMode;
  readonly to: NamespaceMode;
  readonly user: string;
}

/**
 * Makes a change of a namespace's mode visible, which is a way around every rule: to the one who makes it, to the audit
 * log and, unless it is a dry run, to `observe`. Nothing is ever denied here: who may label a namespace may do this.
 */
export function namespaceModeHandler(
  fallback: NamespaceMode,
  observe: (change: ModeChange, request: AdmissionRequest) => void,
): Handler {
  return (request) => {
    const label = labelOf(request.object);
    const from = modeOf(labelOf(request.oldObject), fallback);
    const to = modeOf(label, fallback);
    const isMistake = label !== null && !NAMESPACE_MODES.some((mode) => mode === label);
    const warnings = isMistake
      ? [
          `${MODE_LABEL}=${label} is not a mode (${NAMESPACE_MODES.join(', ')}): the default applies, which is ${fallback}`,
        ]
      : [];
    if (request.operation !== 'UPDATE' || request.object === null || from === to)
      return Promise.resolve({ ...UNTOUCHED, warnings });
    const { name: namespace, user } = request;
    if (!request.dryRun) observe({ namespace, from, to, user: user.name }, request);
    return Promise.resolve({
      ...UNTOUCHED,
      warnings: isWeaker(to, from) ? [...warnings, guardedNow(namespace, from, to)] : warnings,
      auditAnnotations: { mode: `${from} to ${to}` },
    });
  };
}

function guardedNow(namespace: string, from: NamespaceMode, to: NamespaceMode): string {
  return to === 'off'
    ? `namespace ${namespace} is no longer guarded by bluegreen: mode off, before it was ${from}`
    : `namespace ${namespace} is now guarded by bluegreen in mode ${to}, before it was ${from}: nothing is denied`;
}

function labelOf(namespace: AdmissionRequest['object']): string | null {
  return text(at(namespace, 'metadata', 'labels', MODE_LABEL));
}
