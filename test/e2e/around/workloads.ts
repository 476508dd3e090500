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
  type Case,
  type Place,
} from './place.ts';
import { deployment, PODS } from './world.ts';
import { endpointSlice } from '../../objects.ts';

export const OLD_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.1.5';
export const NEW_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.1.6';
const APPS = 'apps/v1';
export const live = { namespace: PODS, before: released };
export const workloadPath = (kind: string, name: string): string => pathOf(APPS, kind, PODS, name);
const servicePath = ({ blue }: Place): string => pathOf('v1', 'Service', PODS, blue);
const inPod = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });

/** What a live color rests on: its workload, its pods, its Service. */
export const WORKLOADS: readonly Case[] = [
  {
    ...live,
    name: 'another image for the live color',
    verdict: 'prevented',
    attack: (place) =>
      tryPatch(
        place,
        workloadPath('Deployment', 'blue'),
        inPod({ containers: [{ name: 'podinfo', image: NEW_IMAGE }] }),
      ),
    says: /active-workload: Deployment blue serves production .* does not get another image/,
  },
  {
    ...live,
    name: 'the live color scaled to 0, by /scale',
    verdict: 'prevented',
    attack: (place) => tryPatch(place, `${workloadPath('Deployment', 'blue')}/scale`, { spec: { replicas: 0 } }),
    says: /active-workload: Deployment blue serves production .* is not scaled to 0/,
  },
  {
    ...live,
    name: 'the Deployment of the live color deleted',
    verdict: 'prevented',
    attack: (place) => tryDelete(place, workloadPath('Deployment', 'blue')),
    says: /active-workload: Deployment blue serves production .* is not deleted/,
  },
  {
    ...live,
    name: 'the selector of the live Service turned to the other pods',
    verdict: 'prevented',
    attack: (place) => tryPatch(place, servicePath(place), { spec: { selector: { app: 'podinfo', color: 'green' } } }),
    says: /active-service: Service .*-blue is live in TraefikService/,
  },
  {
    name: 'the selector of the preview turned to other pods after its test',
    verdict: 'prevented',
    namespace: PODS,
    before: async (place) => {
      await tested(place, 'passed:6.1.6');
      const path = pathOf('v1', 'Service', PODS, place.green);
      await done(place.client.call('PATCH', path, { spec: { selector: { color: 'other' } } }));
      await done(place.client.call('GET', path));
    },
    attack: (place) => tryPatch(place, traefikServicePath(place), { spec: weights(place, 0, 100) }),
    says: /smoke-test: .*-green passed as .*, but now runs|ready-endpoints: /,
  },
  {
    ...live,
    name: 'another port of the pods behind the live Service (targetPort)',
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
    says: /active-service: Service .*-blue is live in .* targetPort 1 would send production to another port/,
  },
  {
    ...live,
    name: 'the live Service becomes an ExternalName',
    verdict: 'prevented',
    attack: (place) =>
      tryPatch(place, servicePath(place), {
        spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null },
      }),
    says: /active-service: Service .*-blue is live in .* as an ExternalName it would send production to example\.com/,
  },
  {
    ...live,
    name: 'the live Service given publishNotReadyAddresses',
    verdict: 'prevented',
    attack: (place) => tryPatch(place, servicePath(place), { spec: { publishNotReadyAddresses: true } }),
    says: /active-service: Service .*-blue is live in .* publishNotReadyAddresses would send production to pods/,
  },
  {
    ...live,
    name: 'a new Deployment whose pods match the live Service',
    verdict: 'accepted',
    attack: (place) => tryCreate(place, deployment('intruder', 'blue', NEW_IMAGE)),
  },
  {
    ...live,
    name: 'a Deployment whose pods come to match the live Service by a new label',
    verdict: 'prevented',
    attack: (place) =>
      tryPatch(place, workloadPath('Deployment', 'other'), {
        spec: { template: { metadata: { labels: { color: 'blue' } } } },
      }),
    says: /active-workload: Deployment other does not get pod labels that .*-blue selects/,
  },
  {
    ...live,
    name: 'an EndpointSlice made by hand on the live Service',
    verdict: 'accepted',
    attack: (place) =>
      tryCreate(
        place,
        endpointSlice({ name: `${place.blue}-by-hand` }, place.blue, '192.0.2.9', [{ name: 'http', port: 9898 }]),
      ),
  },
  {
    ...live,
    name: 'the garbage collector takes the live Deployment, after its new owner is deleted',
    verdict: 'accepted',
    attack: async (place) => {
      const body = await done(place.client.call('GET', '/api/v1/namespaces/kube-system'));
      const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: text(at(body, 'metadata', 'uid')) ?? '' };
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
