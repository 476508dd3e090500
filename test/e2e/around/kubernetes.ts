import { at, isObject } from '../../../common/json.ts';
import { readRecord } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Reply } from '../../chart/client.ts';
import {
  ALICE,
  change,
  create,
  done,
  promoted,
  released,
  tested,
  traefikService,
  traefikServicePath,
  tryCreate,
  tryDelete,
  tryPatch,
  weights,
} from './place.ts';
import type { Case, Place } from './place.ts';

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const ADMIN = 'admin';

const SMOKE_TEST = 'bluegreen.dev/smoke-test';

/** Blue active and green tested, until somebody said otherwise. */
async function takenBack(place: Place): Promise<void> {
  await tested(place);
  await change(place, { metadata: { annotations: { [SMOKE_TEST]: 'failed' } } });
}

function objectAt(value: unknown, key: string): JsonObject {
  const found = at(value, key);
  return isObject(found) ? found : {};
}

/** Whether somebody may do something, as a denial or not. */
async function mayDo({ client }: Place, user: string, attributes: Readonly<Record<string, string>>): Promise<Reply> {
  const body = await done(
    client.call(
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: attributes },
      },
      user,
    ),
  );
  const allowed = at(body, 'status', 'allowed') === true;
  return { status: allowed ? 200 : 403, body: { message: allowed ? '' : 'RBAC does not allow it' }, warnings: [] };
}

function labelled(place: Place, namespace: string, key: string, value: string): Promise<Reply> {
  return tryPatch(place, `/api/v1/namespaces/${namespace}`, { metadata: { labels: { [key]: value } } }, ADMIN);
}

function mutated(place: Place, key: string): JsonObject {
  const object = traefikService(place, weights(place, 100, 0));
  return { ...object, metadata: { name: place.name, labels: { mutated: key } } };
}

/** What Kubernetes offers to get past an admission webhook. */
export const KUBERNETES: readonly Case[] = [
  {
    name: 'a namespace that is labelled with the mode off',
    verdict: 'detected',
    attack: (place) => labelled(place, place.namespace, 'bluegreen.dev/mode', 'off'),
    says: /namespace around is no longer guarded by bluegreen: mode off, before it was enforce/,
  },
  {
    name: 'a namespace that is made with the mode off',
    verdict: 'accepted',
    attack: ({ client }) =>
      client.call(
        'POST',
        '/api/v1/namespaces?dryRun=All',
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: 'around-new', labels: { 'bluegreen.dev/mode': 'off' } },
        },
        ADMIN,
      ),
  },
  {
    name: 'a namespace that is labelled with the name of an excluded one',
    verdict: 'prevented',
    before: async ({ client, namespace }) => {
      const labels = { 'kubernetes.io/metadata.name': 'kube-system' };
      await done(client.call('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels } }));
    },
    attack: (place) => tryCreate(place, traefikService(place, weights(place, 60, 30))),
    says: /weights-total: /,
  },
  {
    name: 'a namespace that the chart excludes',
    verdict: 'accepted',
    namespace: 'kube-system',
    attack: (place) => tryCreate(place, traefikService(place, weights(place, 60, 30)), ADMIN),
  },
  {
    name: 'a later mutating webhook that splits the weights',
    verdict: 'prevented',
    attack: (place) => tryCreate(place, mutated(place, 'split')),
    says: /single-active: .*-blue 60 \+ .*-green 40/,
  },
  {
    name: 'a later mutating webhook that switches',
    verdict: 'prevented',
    attack: (place) => tryCreate(place, mutated(place, 'switch')),
    says: /smoke-test: .*-green gains weight without a passed smoke test/,
  },
  {
    name: 'a request that is reviewed twice',
    verdict: 'prevented',
    before: (place) => create(place, mutated(place, 'label')),
    attack: async (place) => {
      const object = await done(place.client.call('GET', traefikServicePath(place)));
      const { history } = readRecord(object);
      const once = history.length === 1 && at(object, 'metadata', 'labels', 'seen') === 'yes';
      return { status: once ? 409 : 200, body: { message: `recorded ${history.length} times` }, warnings: [] };
    },
    says: /recorded 1 times/,
  },
  {
    name: 'impersonation of a user who may',
    verdict: 'prevented',
    attack: (place) => mayDo(place, ALICE, { resource: 'users', verb: 'impersonate', name: 'admin' }),
    says: /RBAC does not allow it/,
  },
  {
    name: 'a subresource of the TraefikService',
    verdict: 'prevented',
    before: released,
    attack: (place) => tryPatch(place, `${traefikServicePath(place)}/status`, { spec: weights(place, 60, 30) }, ADMIN),
    says: /not found/,
  },
  {
    name: 'bluegreen.dev/unguard by a user who may not',
    verdict: 'prevented',
    before: released,
    attack: (place) =>
      tryPatch(place, traefikServicePath(place), { metadata: { annotations: { 'bluegreen.dev/unguard': 'going' } } }),
    says: /permission: bluegreen\.dev\/unguard needs the verb override/,
  },
  {
    name: 'an attestation without a test',
    verdict: 'accepted',
    before: released,
    attack: (place) =>
      tryPatch(place, traefikServicePath(place), {
        metadata: { annotations: { 'bluegreen.dev/smoke-test': 'passed:2.0' } },
        spec: weights(place, 0, 100),
      }),
  },
  {
    name: 'an attestation of one preview used for a second promotion',
    verdict: 'prevented',
    before: async (place) => {
      await promoted(place);
      await done(place.client.call('PATCH', traefikServicePath(place), { spec: weights(place, 100, 0) }, ALICE));
    },
    attack: (place) => tryPatch(place, traefikServicePath(place), { spec: weights(place, 0, 100) }),
    says: /smoke-test: .*-green gains weight without a passed smoke test/,
  },
  {
    name: 'a dry run that attests for the promotion after it',
    verdict: 'prevented',
    before: async (place) => {
      await released(place);
      const annotations = { 'bluegreen.dev/smoke-test': 'passed:2.0' };
      await done(tryPatch(place, traefikServicePath(place), { metadata: { annotations } }));
    },
    attack: (place) => tryPatch(place, traefikServicePath(place), { spec: weights(place, 0, 100) }),
    says: /smoke-test: .*-green gains weight without a passed smoke test/,
  },
  {
    name: 'deleting the webhook configurations, by an ordinary user',
    verdict: 'prevented',
    attack: (place) => tryDelete(place, `${CONFIGURATIONS}/validatingwebhookconfigurations/bluegreen`),
    says: /cannot delete resource "validatingwebhookconfigurations"/,
  },
  {
    name: 'deleting the webhook configurations, by an administrator',
    verdict: 'accepted',
    attack: (place) => tryDelete(place, `${CONFIGURATIONS}/validatingwebhookconfigurations/bluegreen`, ADMIN),
  },
  {
    name: 'deleting the policy, by an administrator',
    verdict: 'accepted',
    attack: (place) => tryDelete(place, `${CONFIGURATIONS}/validatingadmissionpolicies/bluegreen`, ADMIN),
  },
  {
    name: 'deleting the definition of TraefikServices, by an administrator',
    verdict: 'accepted',
    before: tested,
    attack: (place) =>
      tryDelete(place, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/traefikservices.traefik.io', ADMIN),
  },
  {
    name: 'deleting the whole namespace',
    verdict: 'accepted',
    before: tested,
    attack: (place) => tryDelete(place, `/api/v1/namespaces/${place.namespace}`, ADMIN),
  },
  {
    name: 'a removed pass that `kubectl replace` brings back',
    verdict: 'accepted',
    before: takenBack,
    attack: async (place) => {
      const { body } = await place.client.call('GET', traefikServicePath(place), undefined, ALICE);
      const metadata = objectAt(body, 'metadata');
      const annotations = { ...objectAt(metadata, 'annotations'), [SMOKE_TEST]: 'passed:2.0' };
      const manifest = { ...body, metadata: { ...metadata, annotations }, spec: weights(place, 0, 100) };
      return place.client.call('PUT', `${traefikServicePath(place)}?dryRun=All`, manifest, ALICE);
    },
  },
  {
    name: 'a pass in Git when the object is deleted and made anew by a sync',
    verdict: 'accepted',
    before: async (place) => {
      await takenBack(place);
      await done(place.client.call('DELETE', traefikServicePath(place), undefined, ALICE));
    },
    attack: (place) => tryCreate(place, traefikService(place, weights(place, 0, 100), { [SMOKE_TEST]: 'passed:2.0' })),
  },
];
