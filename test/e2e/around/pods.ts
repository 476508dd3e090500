import { at, get, isObject, list, text } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Reply } from '../../chart/client.ts';
import { create, done, pathOf, released, tryDelete, tryPatch } from './place.ts';
import type { Case, Place } from './place.ts';
import { live, NEW_IMAGE, OLD_IMAGE, workloadPath } from './workloads.ts';
import { deployment, PODS } from './world.ts';

async function livePod({ client }: Place): Promise<string> {
  const pods = await done(client.call('GET', `${pathOf('v1', 'Pod', PODS)}?labelSelector=color%3Dblue`));
  return text(at(list(get(pods, 'items'))[0], 'metadata', 'name')) ?? '';
}

async function patchPod(place: Place, body: JsonObject): Promise<Reply> {
  return tryPatch(place, pathOf('v1', 'Pod', PODS, await livePod(place)), body);
}

/** What runs behind the active Service. */
export const RUNNING: readonly Case[] = [
  {
    name: 'a Deployment that slept during the test scaled up behind the active Service',
    verdict: 'accepted',
    namespace: PODS,
    before: async (place) => {
      await create(place, deployment(`${place.name}-sleeper`, 'blue', NEW_IMAGE, 0));
      await released(place);
    },
    attack: (place) =>
      tryPatch(place, `${workloadPath('Deployment', `${place.name}-sleeper`)}/scale`, { spec: { replicas: 3 } }),
  },
  {
    ...live,
    name: 'another environment or command for the active color',
    verdict: 'accepted',
    attack: (place) => {
      const env = [{ name: 'PODINFO_UI_COLOR', value: '#000000' }];
      const containers = [{ name: 'podinfo', image: OLD_IMAGE, env }];
      return tryPatch(place, workloadPath('Deployment', 'blue'), { spec: { template: { spec: { containers } } } });
    },
  },
  {
    ...live,
    name: 'a restart of the active color, whose tag may have other contents by now',
    verdict: 'accepted',
    attack: (place) => {
      const annotations = { 'kubectl.kubernetes.io/restartedAt': '2024-06-01T12:00:00Z' };
      return tryPatch(place, workloadPath('Deployment', 'blue'), { spec: { template: { metadata: { annotations } } } });
    },
  },
  {
    ...live,
    name: 'another image in a pod of the active color',
    verdict: 'accepted',
    attack: async (place) => {
      const path = pathOf('v1', 'Pod', PODS, await livePod(place));
      const pod = await done(place.client.call('GET', path));
      const containers = list(at(pod, 'spec', 'containers'))
        .filter(isObject)
        .map((each) => ({ ...each, image: NEW_IMAGE }));
      return tryPatch(place, path, { spec: { containers } });
    },
  },
  {
    ...live,
    name: 'pods of the active color that lose the label which the Service selects',
    verdict: 'accepted',
    attack: (place) => patchPod(place, { metadata: { labels: { color: null } } }),
  },
  {
    ...live,
    name: 'deleting the pods of the active color',
    verdict: 'accepted',
    attack: async (place) => tryDelete(place, pathOf('v1', 'Pod', PODS, await livePod(place))),
  },
];
