// A CA that nothing can be issued from, as somebody may put it into the Secret, on a real cluster.
import t from 'tap';
import { stringAt } from '../../common/json-paths.ts';
import { installBluegreen, RELEASE, REPLICATED } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { until } from '../cluster/node/api.ts';
import { readAt } from '../cluster/wire.ts';
import { withConnection } from '../bench/connections.ts';
import { rolledOut } from '../cluster/kube.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { replicas } from '../e2e/audit/replicas.ts';
import { service, namespaceObject } from '../objects.ts';
import { foreignAuthority } from './foreign.ts';
import { admissions } from './stream.ts';
import { undisturbed } from './undisturbed.ts';

const SHOP = 'shop';
const SECRET = `Secret ${RELEASE.namespace}/bluegreen-ca`;
const REASON = 'the CA in ca.crt cannot be used: its key is RSA, not EC P-256';
const here = ['-n', RELEASE.namespace];
const NAMESPACE = `/api/v1/namespaces/${RELEASE.namespace}`;
const PODS = `${NAMESPACE}/pods`;
const TOLD_MS = 60_000;
/** Milliseconds between two looks. */
const LOOK_MS = 500;

const cluster = await shareCluster(t, 'chart');
await Promise.all([
  installPlugin(cluster),
  installBluegreen(cluster, { ...REPLICATED, 'certificates.trustDelay': '40s' }),
]);
await cluster.apply([
  namespaceObject(SHOP),
  ...['blue', 'green'].map((name) => service({ name, namespace: SHOP }, null)),
]);
const stream = admissions(cluster, SHOP, 5);
t.teardown(() => stream.close());

/** Puts an RSA CA into the Secret, as `openssl req -x509 -newkey rsa` makes it; its certificate. */
async function putRsa(): Promise<string> {
  const { certificate, key } = await foreignAuthority('rsa', new Date(Date.now() - 60_000));
  const data = { 'ca.crt': base64(certificate), 'ca.key': base64(key) };
  await cluster.kubectlOk([...here, 'patch', 'secret', 'bluegreen-ca', '--type=merge', '-p', JSON.stringify({ data })]);
  return data['ca.crt'];
}
function base64(pem: string): string {
  return Buffer.from(pem).toString('base64');
}
async function inSecret(key: string): Promise<string> {
  return stringAt(await readAt(cluster, `${NAMESPACE}/secrets/bluegreen-ca`), 'data', key) ?? '';
}
async function announced(): Promise<boolean> {
  return (await inSecret('next.crt')) !== '';
}
async function logged(): Promise<string> {
  const all = ['-l', 'app.kubernetes.io/component=webhook', '--tail=-1', '--prefix'];
  return cluster.kubectlOk([...here, 'logs', ...all]);
}
/** What the probe of a replica answers to the kubelet. */
async function readyz(pod: string): Promise<string> {
  const { ip: host, token } = cluster.api;
  const request = { method: 'GET', path: `${PODS}/${pod}:10261/proxy/readyz` } as const;
  const endpoint = { host, port: 6443, headers: { authorization: `Bearer ${token}` } };
  return (await withConnection(endpoint, (connection) => connection.send(request))).body.trim();
}

t.test('put there again and again, it is replaced; a new replica says why it waits, and gets ready', async (t) => {
  const others = await replicas(cluster);
  const put = [await putRsa()];
  await undisturbed(t, 'an RSA CA in the Secret', {
    cluster,
    stream,
    work: (async () => {
      t.ok(await until(announced, TOLD_MS, LOOK_MS), 'another CA is to replace it');
      // As a GitOps tool does. It stays there until every API server has had time to see the other CA.
      put.push(await putRsa());
      await cluster.kubectlOk([...here, 'scale', `deployment/${RELEASE.name}`, `--replicas=${others.length + 1}`]);
      const reason = `${SECRET}: ${REASON}; waiting for every API server to see the new CA`;
      let found = '';
      async function told(): Promise<boolean> {
        found = (await replicas(cluster)).find((pod) => !others.includes(pod)) ?? '';
        return found !== '' && (await readyz(found)).includes(reason);
      }
      t.ok(await until(told, TOLD_MS, LOOK_MS), `/readyz: ${await readyz(found)}`);
      const raw = ['get', '--raw', `${PODS}/https:${found}:10250/proxy/readyz`, '-v=8'];
      t.match((await cluster.kubectl(raw)).stderr, reason, 'kubectl, as docs/operations.md has it');
      const { stdout } = await cluster.kubectl(['bluegreen', 'doctor', '-n', SHOP]);
      const line = `pod ${RELEASE.namespace}/${found} of the webhook is not ready: ${reason}`;
      t.match(stdout.replaceAll(/\s+/g, ' '), line, 'doctor');
      await rolledOut(cluster, RELEASE.namespace, RELEASE.name);
      t.match(await readyz(found), /^ok/);
    })(),
  });
  async function replaced(): Promise<boolean> {
    return !['', ...put].includes(await inSecret('ca.crt'));
  }
  t.ok(await until(replaced, TOLD_MS, LOOK_MS), 'a CA that can be used is in the Secret');
  const log = await logged();
  t.match(log, 'the CA in the Secret cannot be used: replacing it');
  t.match(log, REASON);
  t.match(log, `"secret":"${SECRET.replace('Secret ', '')}"`);
  t.notMatch(log, 'Invalid key type');
});
