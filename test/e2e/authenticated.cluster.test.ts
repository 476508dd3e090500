// The API server shows the client certificate of docs/certificates.md, and the webhook answers nobody else.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { at, parseObject, text } from '../../common/json.ts';
import { runOk } from '../../scripts/lib/run.ts';
import { withConnection } from '../bench/connections.ts';
import { postReview } from '../bench/reviews.ts';
import {
  installBluegreen,
  installTraefikCrds,
  REGISTRY,
  RELEASE,
  startCluster,
  webhookSpec,
} from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { blocksOf } from '../docs/blocks.ts';
import { replicas, samples } from './audit/replicas.ts';
import { toldIn } from './observe/told.ts';
import { personIn } from './people.ts';

const PAGE = 'certificates.md';
const PLACE = '/etc/kubernetes/bluegreen';
const TIME_MS = 20_000;

/** The certificate, made by the command of the page. */
async function makeClient() {
  const folder = mkdtempSync(join(tmpdir(), 'bluegreen-client-'));
  try {
    const command = blocksOf(PAGE, 'sh').find((block) => block.startsWith('openssl req')) ?? 'false';
    await runOk('sh', ['-c', command], { cwd: folder });
    const [certificate = '', key = ''] = ['client.crt', 'client.key'].map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    return { certificate, key };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
/** A file of the page, for another folder. */
function fileOf(name: string, folder: string): string {
  const file = blocksOf(PAGE, 'yaml').find((block) => block.startsWith(`# ${PLACE}/${name}`));
  if (file === undefined) throw new Error(`docs/${PAGE} has no ${name}`);
  return file.replaceAll(PLACE, folder);
}

const client = await makeClient();
const cluster = await startCluster({
  images: [await webhookSpec(REGISTRY)],
  admission: (folder) => ({
    'admission.yaml': fileOf('admission.yaml', folder),
    'webhooks.yaml': fileOf('webhooks.yaml', folder),
    'client.crt': client.certificate,
    'client.key': client.key,
  }),
});
t.teardown(() => cluster.stop());
await installTraefikCrds(cluster);
await installBluegreen(cluster, {
  'apiServerClient.ca': client.certificate,
  'apiServerClient.commonNames': '{kube-apiserver}',
});
await cluster.kubectlOk(['create', 'namespace', 'shop']);
const admin = personIn(cluster, 'shop');

function manifest(blue: number, green: number): string {
  const services = [
    { name: 'blue', port: 80, weight: blue },
    { name: 'green', port: 80, weight: green },
  ];
  const metadata = { name: 'shop' };
  return JSON.stringify({
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata,
    spec: { weighted: { services } },
  });
}

t.test('the API server is answered, and even what leaves no object is proven to be its own', async (t) => {
  t.match(await admin.run('create -f -', manifest(60, 30)), {
    ok: false,
    said: 'admission webhook "mutate.bluegreen.dev"',
  });
  const told = until(async () => (await toldIn(cluster, 'shop')).some(({ reason }) => reason === 'Denied'), TIME_MS);
  t.ok(await told, 'the denied creation has its Event');
});

t.test('any other client that reaches the port is answered with 403, and counted', async (t) => {
  const [pod = ''] = await replicas(cluster);
  const found = await cluster.kubectlOk(['-n', RELEASE.namespace, 'get', 'pod', pod, '-o', 'json']);
  const host = text(at(parseObject(found), 'status', 'podIP')) ?? '';
  const counter = 'bluegreen_client_rejections_total';
  const before = (await samples(cluster, pod)).get(counter) ?? 0;
  const { status, body } = await withConnection({ host, port: 10250 }, (connection) => connection.send(postReview()));
  t.equal(status, 403, body);
  t.match(body, 'no client certificate was shown');
  t.equal((await samples(cluster, pod)).get(counter), before + 1);
});
