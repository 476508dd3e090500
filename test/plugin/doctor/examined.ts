// A cluster that doctor looks at.
import { status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import type { Answer, Call } from '../../api-server.ts';

export const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

export const CONFIGURATION = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/bluegreen';

export const PODS = '/api/v1/namespaces/bluegreen-system/pods';

export const LABELS = { 'app.kubernetes.io/name': 'bluegreen', 'app.kubernetes.io/component': 'webhook' };

/** A cluster whose webhook answers, unless told otherwise. */
export function answers(given: {
  readonly denial?: Answer;
  readonly allowed?: boolean | ((right: Record<string, string>) => boolean);
  readonly version?: string;
}) {
  return ({ method, url, body }: Call): Answer | null => {
    if (url === '/version') return { status: 200, body: { gitVersion: given.version ?? 'v1.34.4' } };
    if (url === REVIEWS) {
      const { spec }: { spec: { resourceAttributes: Record<string, string> } } = JSON.parse(body);
      const { allowed = true } = given;
      const may = typeof allowed === 'boolean' ? allowed : allowed(spec.resourceAttributes);
      return { status: 201, body: { status: { allowed: may } } };
    }
    if (method === 'POST') {
      const denied = 'admission webhook "mutate.bluegreen.dev" denied the request: weights-total: …';
      return given.denial ?? (body.includes('doctor-blue') ? status(403, 'Forbidden', denied) : null);
    }
    return null;
  };
}

export function webhook(more: object = {}): object {
  const labels = { ...LABELS, 'helm.sh/chart': 'bluegreen-0.1.0', 'app.kubernetes.io/version': '0.1.0' };
  return {
    metadata: { labels },
    spec: { containers: [{ name: 'webhook', image: 'registry.example.com/bluegreen/webhook:0.1.0' }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
    ...more,
  };
}

export async function doctor(cluster: FakeCluster, line = 'doctor'): Promise<string> {
  return (await cluster.run(line)).out;
}
