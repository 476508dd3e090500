import { describeError } from '../kube/errors.ts';
import { stringAt } from '../../common/json-paths.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding, DoctorCheck } from './finding.ts';
import { lookAtLookalikes } from './lookalikes.ts';
import { lookAtPermissions } from './permissions.ts';
import { lookAtReplicas } from './replicas.ts';
import { lookAtReleases } from './releases.ts';
import { lookAtTraefik } from './traefik.ts';
import { lookAtWebhook } from './webhook.ts';

const LOOKS: readonly DoctorCheck[] = [
  lookAtServer,
  lookAtWebhook,
  lookAtReplicas,
  lookAtPermissions,
  lookAtTraefik,
  lookAtReleases,
  lookAtLookalikes,
];

/** Looks at everything at once; the findings come in a fixed order. */
export async function examine(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const findings = await Promise.all(LOOKS.map((look) => look(context)));
  return findings.flat();
}

async function lookAtServer({ session, io }: DoctorContext): Promise<readonly DoctorFinding[]> {
  const { ok, fail } = findingsOf('api');
  try {
    const version = await session.client.get('/version', { signal: io.interrupted });
    const gitVersion = stringAt(version, 'gitVersion') ?? 'of an unknown version';
    return [ok(`the API server ${session.connection.url.host} answers, Kubernetes ${gitVersion}`)];
  } catch (error) {
    return [fail('the API server cannot be asked', describeError(error))];
  }
}
