import t from 'tap';
import { createOwnerLook } from '../../../webhook/facts/see-owner.ts';
import { createResourceClient } from '../../../common/kube/client.ts';

const REFERENCE = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'parent', uid: 'u-1' };
const KINDS = [
  { name: 'deployments/scale', kind: 'Scale', namespaced: true },
  { name: 'deployments', kind: 'Deployment', namespaced: true },
];

/** Looks at an API server that has these answers, a status and a body by path. */
function look(answers: Readonly<Record<string, readonly [number, object]>>, reference = REFERENCE) {
  const client = createResourceClient({
    send: ({ path }) => {
      const [status, body] = answers[path] ?? [404, {}];
      return Promise.resolve({ status, body: JSON.stringify(body) });
    },
  });
  return createOwnerLook(client)('demo', reference, new AbortController().signal);
}

const PARENT = '/apis/apps/v1/namespaces/demo/deployments/parent';
const SERVED = { '/apis/apps/v1': [200, { resources: KINDS }] } as const;

t.test('an owner is there with its uid, and gone with another one', async (t) => {
  const parent = { metadata: { uid: 'u-1' } };
  t.equal(await look({ ...SERVED, [PARENT]: [200, parent] }), 'there');
  t.equal(await look({ ...SERVED, [PARENT]: [200, parent] }, { ...REFERENCE, uid: 'u-2' }), 'gone');
  t.equal(await look(SERVED), 'gone');
});

t.test('a kind or a group that is not served has no objects', async (t) => {
  t.equal(await look(SERVED, { ...REFERENCE, kind: 'Shop' }), 'gone');
  t.equal(await look({}, { ...REFERENCE, apiVersion: 'example.com/v1' }), 'gone');
});

t.test('an owner without a namespace is looked for without one', async (t) => {
  const served = { '/api/v1': [200, { resources: [{ name: 'nodes', kind: 'Node', namespaced: false }] }] } as const;
  const node = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u-1' };
  t.equal(await look({ ...served, '/api/v1/nodes/n': [200, { metadata: { uid: 'u-1' } }] }, node), 'there');
});

t.test('what may not be read is not known; what fails otherwise is an error', async (t) => {
  t.equal(await look({ ...SERVED, [PARENT]: [403, { kind: 'Status', message: 'forbidden' }] }), 'unreadable');
  await t.rejects(look({ ...SERVED, [PARENT]: [500, {}] }));
});
