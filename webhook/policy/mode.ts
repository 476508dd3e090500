import { MODES } from './types.ts';
import type { Mode } from './types.ts';

/** The mode of a namespace: how it is guarded, or `off` for one that is not looked at. */
export type NamespaceMode = Mode | 'off';

/** Every mode, the strongest first. */
export const NAMESPACE_MODES: readonly NamespaceMode[] = [...MODES, 'off'];

/** The mode that a label stands for. As for the admission entries, a value that is no mode counts as no label. */
export function modeOf(label: string | null, fallback: NamespaceMode): NamespaceMode {
  return NAMESPACE_MODES.find((mode) => mode === label) ?? fallback;
}

export function isWeaker(mode: NamespaceMode, than: NamespaceMode): boolean {
  return NAMESPACE_MODES.indexOf(mode) > NAMESPACE_MODES.indexOf(than);
}
