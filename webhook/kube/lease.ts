import { unlessStatus } from '../../common/kube/errors.ts';
import { CONFLICT } from '../../common/http-status.ts';
import type { Lease, LeaseClaim, LeaseStore } from '../leader-election/lease.ts';
import { at, number, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { KubeClient } from './client.ts';
import { microTime } from './time.ts';

/** A Lease on a real API server. It is never created here: the right to create cannot be given for a single name. */
export function createLeaseStore(client: KubeClient, namespace: string, name: string): LeaseStore {
  const path = resourcePath('coordination.k8s.io/v1', 'leases', { namespace, name });
  return {
    async read(signal) {
      const lease = await client.getOrNull(path, { attempt: `read Lease ${namespace}/${name}`, signal });
      return lease === null ? null : leaseOf(lease);
    },
    async write(version, claim, signal) {
      const body = { metadata: { resourceVersion: version }, spec: specOf(claim) };
      const written = client.patch(path, 'merge', body, { attempt: `write Lease ${namespace}/${name}`, signal });
      const lease = await unlessStatus([CONFLICT], null, written);
      return lease === null ? null : leaseOf(lease);
    },
  };
}

function leaseOf(lease: JsonObject): Lease {
  const seconds = number(at(lease, 'spec', 'leaseDurationSeconds'));
  return {
    version: text(at(lease, 'metadata', 'resourceVersion')) ?? '',
    holder: text(at(lease, 'spec', 'holderIdentity')) || null,
    durationMs: seconds === null ? null : seconds * 1000,
    transitions: number(at(lease, 'spec', 'leaseTransitions')) ?? 0,
  };
}

function specOf({ holder, durationMs, transitions, renewed, acquired }: LeaseClaim): JsonObject {
  return {
    holderIdentity: holder,
    leaseDurationSeconds: Math.ceil(durationMs / 1000),
    leaseTransitions: transitions,
    renewTime: microTime(renewed),
    ...(acquired !== undefined && { acquireTime: microTime(acquired) }),
  };
}
