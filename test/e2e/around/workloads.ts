import { setTimeout as sleep } from 'node:timers/promises';
import { RECENT_MS } from '../../../webhook/facts/recent.ts';
import { at, text } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import {
  done,
  pathOf,
  released,
  tested,
  traefikServicePath,
  tryCreate,
  tryDelete,
  tryPatch,
  weights,
} from './place.ts';
import type { Case, Place } from './place.ts';
import { deployment, PODS } from './world.ts';
import { endpointSlice } from '../../objects.ts';

export const OLD_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.1.5';
export const NEW_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.1.6';
const APPS = 'apps/v1';
export const live = { namespace: PODS, before: released };
export function workloadPath(kind: string, name: string): string {
  return pathOf(APPS, kind, PODS, name);
}
function servicePath({ blue }: Place): string {
  return pathOf('v1', 'Service', PODS, blue);
}
function inPod(spec: JsonObject): JsonObject {
  return { spec: { template: { spec } } };
}

/** What an active color rests on: its workload, its pods, its Service. */
export const WORKLOADS: readonly Case[] = [
  {
    ...live,
    name: 'another image for the active color',
    verdict: 'prevented',
    attack: (place) =>
      tryPatch(
        place,
        workloadPath('Deployment', 'blue'),
        inPod({ containers: [{ name: 'podinfo', image: NEW_IMAGE }] }),
      ),
    says: /active-workload: Deployment blue serves production .* must not get another image/,
  },
  {
    ...live,
    name: 'the active color scaled to 0, by /scale',
    verdict: 'prevented',
    attack: (place) => tryPatch(place, `${workloadPath('Deployment', 'blue')}/scale`, { spec: { replicas: 0 } }),
    says: /active-workload: Deployment blue serves production .* must not be scaled to 0/,
  },
  {
    ...live,
    name: 'the Deployment of the active color deleted',
    verdict: 'prevented',
    attack: (place) => tryDelete(place, workloadPath('Deployment', 'blue')),
    says: /active-workload: Deployment blue serves production .* must not be deleted/,
  },
  {
    ...live,
    name: 'the selector of the active Service turned to the other pods',
    verdict: 'prevented',
    attack: (place) => tryPatch(place, servicePath(place), { spec: { selector: { app: 'podinfo', color: 'green' } } }),
    says: /active-service: Service .*-blue is active in TraefikService/,
  },
  {
    name: 'the selector of the preview turned to other pods after its test',
    verdict: 'prevented',
    namespace: PODS,
    before: async (place) => {
      await tested(place, 'passed:6.1.6');
      const path = pathOf('v1', 'Service', PODS, place.green);
      await done(place.client.call('PATCH', path, { spec: { selector: { color: 'other' } } }));
      // What the webhook read for the test's annotation counts for that long: no person is faster.
      await sleep(2 * RECENT_MS);
    },
    attack: (place) => tryPatch(place, traefikServicePath(place), { spec: weights(place, 0, 100) }),
    says: /smoke-test: .*-green passed as .*, but now runs|ready-endpoints: /,
  },
  {
    ...live,
    name: 'another port of the pods behind the active Service (targetPort)',
    verdict: 'prevented',
    attack: (place) =>
      tryPatch(place, servicePath(place), {
        spec: {
          ports: [
            { name: 'http', port: 80, targetPort: 1 },
            { name: 'other', port: 81, targetPort: 9898 },
          ],
        },
      }),
    says: /active-service: Service .*-blue is active in .* targetPort 1 would send production to another port/,
  },
  {
    ...live,
    name: 'the active Service becomes an ExternalName',
    verdict: 'prevented',
    attack: (place) =>
      tryPatch(place, servicePath(place), {
        spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null },
      }),
    says: /active-service: Service .*-blue is active in .* as an ExternalName it would send production to example\.com/,
  },
  {
    ...live,
    name: 'the active Service given publishNotReadyAddresses',
    verdict: 'prevented',
    attack: (place) => tryPatch(place, servicePath(place), { spec: { publishNotReadyAddresses: true } }),
    says: /active-service: Service .*-blue is active in .* publishNotReadyAddresses would send production to pods/,
  },
  {
    ...live,
    name: 'a new Deployment whose pods match the active Service',
    verdict: 'accepted',
    attack: (place) => tryCreate(place, deployment('intruder', 'blue', NEW_IMAGE)),
  },
  {
    ...live,
    name: 'a Deployment whose pods come to match the active Service by a new label',
    verdict: 'prevented',
    attack: (place) =>
      tryPatch(place, workloadPath('Deployment', 'other'), {
        spec: { template: { metadata: { labels: { color: 'blue' } } } },
      }),
    says: /active-workload: Deployment other must not get the pod labels that the active Service .*-blue selects/,
  },
  {
    ...live,
    name: 'an EndpointSlice made by hand on the active Service',
    verdict: 'accepted',
    attack: (place) =>
      tryCreate(
        place,
        endpointSlice({ name: `${place.blue}-by-hand` }, place.blue, '192.0.2.9', [{ name: 'http', port: 9898 }]),
      ),
  },
  {
    ...live,
    name: 'an owner of a kind that the webhook may not read for the Deployment of the active color',
    verdict: 'prevented',
    attack: async (place) => {
      const body = await done(place.client.call('GET', '/api/v1/namespaces/kube-system'));
      const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: text(at(body, 'metadata', 'uid')) ?? '' };
      return tryPatch(place, workloadPath('Deployment', 'blue'), { metadata: { ownerReferences: [owner] } });
    },
    says: /owners-exist: Deployment blue .* must not get the owner ConfigMap gone: the webhook may not read its kind/,
  },
  {
    ...live,
    name: 'the garbage collector deletes the Deployment of the active color, after its new owner is deleted',
    verdict: 'accepted',
    attack: async (place) => {
      const body = await done(place.client.call('GET', workloadPath('Deployment', 'other')));
      const uid = text(at(body, 'metadata', 'uid')) ?? '';
      const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid };
      return tryPatch(place, workloadPath('Deployment', 'blue'), { metadata: { ownerReferences: [owner] } });
    },
  },
  {
    name: 'a preview that crashes, counted as ready by publishNotReadyAddresses',
    verdict: 'prevented',
    namespace: PODS,
    before: async (place) => {
      const body = { spec: { selector: { color: 'crashing' }, publishNotReadyAddresses: true } };
      await done(place.client.call('PATCH', pathOf('v1', 'Service', PODS, place.green), body));
      await released(place);
      const crashing = await done(place.client.call('GET', workloadPath('Deployment', 'crashing')));
      if (at(crashing, 'status', 'readyReplicas') !== undefined) throw new Error('it does not crash');
    },
    attack: (place) =>
      tryPatch(place, traefikServicePath(place), {
        metadata: { annotations: { 'bluegreen.dev/smoke-test': 'passed:6.1.6' } },
        spec: weights(place, 0, 100),
      }),
    says: /ready-endpoints: .*-green has no ready endpoint/,
  },
];
