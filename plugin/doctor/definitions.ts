import { GROUPS } from '../../webhook/policy/index.ts';
import { isServed } from '../kube/groups.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const { ok, fail } = findingsOf('traefik-definitions');

/** Whether the API server knows Traefik's kinds: without them there is no release, and nothing to guard. */
export async function lookAtDefinitions({ session }: DoctorContext): Promise<readonly DoctorFinding[]> {
  const served = await Promise.all(
    GROUPS.map(async (group) => ({ group, served: await isServed(session.client, group) })),
  );
  const found = served.filter((each) => each.served).map(({ group }) => group);
  if (found.length > 0) return [ok(`Traefik's custom resource definitions are installed: ${found.join(', ')}`)];
  return [
    fail(
      "Traefik's custom resource definitions are not installed",
      'There is no TraefikService without them. Install Traefik with its chart, which brings them, or apply those of its version.',
    ),
  ];
}
