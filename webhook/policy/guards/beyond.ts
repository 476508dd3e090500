import { PROVIDER } from '../traefik/names.ts';
import { crosses, mayNameProviders } from '../traefik/settings.ts';
import type { Settings } from '../types.ts';
import type { Beyond } from './route-changes.ts';

/** Whether Traefik looks for a backend there: nothing here knows what it finds. */
export function looksAt(beyond: Beyond, settings: Settings, namespace: string): boolean {
  if ('namespace' in beyond) return crosses(settings, beyond.namespace);
  if (!mayNameProviders(settings, namespace)) return false;
  const { allowCrossNamespace, crossProviders } = settings;
  if (beyond.provider === PROVIDER) return allowCrossNamespace;
  return crossProviders.includes('*') || crossProviders.includes(beyond.provider);
}
