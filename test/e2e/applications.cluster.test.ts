// Applications as people have them before they meet this project, and what happens around them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../../scripts/lib/run.ts';
import { established } from '../cluster/definitions.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { toolFile } from '../cluster/tools/cache.ts';
import { personIn } from './people.ts';
import type { Person } from './people.ts';

const FILES = join(import.meta.dirname, 'applications');
const SHOP = join(import.meta.dirname, 'guards');
const IMAGE_PATH = '{.spec.template.spec.containers[0].image}';
const cluster = await shareCluster(t, 'traefik');
const env = { ...cluster.env, NODE_EXTRA_CA_CERTS: undefined };

/** The plugin in a namespace, run as `kubectl bluegreen`. */
function bluegreenIn(namespace: string) {
  return async (line: string) => {
    const { code, stdout, stderr } = await run('kubectl-bluegreen', [...line.split(' '), '-n', namespace], { env });
    return { code, out: stdout, err: stderr, flat: `${stdout}${stderr}`.replaceAll(/\s+/g, ' ') };
  };
}

async function namespaceOf(name: string): Promise<Person> {
  await cluster.kubectlOk(['create', 'namespace', name]);
  return personIn(cluster, name);
}

t.test('what looks like a pair is listed, and adopted after a look at what changes', async (t) => {
  const admin = await namespaceOf('lookalikes');
  const bluegreen = bluegreenIn('lookalikes');
  await admin.may(t, `apply -f ${join(FILES, 'web.yaml')}`);
  const doctor = (await bluegreen('doctor')).flat;
  t.match(doctor, 'lookalikes/traefikservice.traefik.io/web is not governed, and web and web-green look like a pair');
  t.match(doctor, 'kubectl bluegreen adopt web -n lookalikes --blue web --green web-green');
  t.match(doctor, 'lookalikes/ingressroute.traefik.io/api splits requests over api-blue-service and api-green-service');
  await admin.may(t, 'patch traefikservices.traefik.io web --type=merge -p {"metadata":{"labels":{"team":"web"}}}');

  const look = await bluegreen('adopt web --dry-run=server');
  t.match(look, { code: 0, out: 'traefikservice.traefik.io/web adopted (server dry run)\n' }, look.err);
  t.match(look.err, /blue +web +100 +active\ngreen +web-green +0 +preview\n/);
  t.match(await bluegreen('adopt web'), { code: 1, err: 'without a terminal, say --yes' });
  t.match(await bluegreen('adopt web --yes'), { code: 0, out: 'traefikservice.traefik.io/web adopted\n' });
  t.match((await bluegreen('list')).out, /^web +blue +100 +0 /m);
  t.notMatch((await bluegreen('doctor')).flat, 'traefikservice.traefik.io/web is not governed');
  const weights = JSON.stringify({
    spec: {
      weighted: {
        services: [
          { name: 'web', weight: 60 },
          { name: 'web-green', weight: 40 },
        ],
      },
    },
  });
  await admin.mayNot(t, `patch traefikservices.traefik.io web --type=merge -p ${weights}`, 'single-active: ');
});

t.test('a whole new application goes through a dry run and a diff, in any order, and is applied', async (t) => {
  const admin = await namespaceOf('whole');
  const file = join(FILES, 'whole.yaml');
  const later = 'Warning: backends-exist: Service shop-blue does not exist in whole; Traefik answers 404';
  await admin.may(
    t,
    `apply --dry-run=server -f ${file}`,
    later,
    'entry-options: shop-blue has serversTransport patient',
  );
  const { code, stdout, stderr } = await cluster.kubectl(['diff', '-n', 'whole', '-f', file]);
  t.equal(code, 1, 'there are differences');
  t.match(stdout, '+    - name: shop-green');
  t.notMatch(stderr, 'denied');
  await admin.may(
    t,
    `apply -f ${file}`,
    later,
    'traefikservice.traefik.io/shop created',
    'ingressroute.traefik.io/shop created',
  );
  await admin.may(t, `apply -f ${file}`);
});

t.test(
  'what a route names is not created before its Services, and not with green active before its pods',
  async (t) => {
    const admin = await namespaceOf('routed');
    const pair = JSON.stringify({
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TraefikService',
      metadata: { name: 'shop' },
      spec: {
        weighted: {
          services: [
            { name: 'shop-blue', port: 80, weight: 0 },
            { name: 'shop-green', port: 80, weight: 100 },
          ],
        },
      },
    });
    const green = await admin.run('create -f -', pair);
    t.notOk(green.ok);
    t.match(green.said, 'Create it with shop-blue at 100, or after the pods of shop-green');
    t.match(green.said, 'a restore has the annotation bluegreen.dev/restore: <reason>');
    t.notMatch(green.said, 'kubectl annotate');
    const route = JSON.stringify({
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'IngressRoute',
      metadata: { name: 'shop' },
      spec: {
        routes: [{ kind: 'Rule', match: 'Host(`routed.test`)', services: [{ name: 'shop', kind: 'TraefikService' }] }],
      },
    });
    t.ok((await admin.run('create -f -', route)).ok);
    const denied = await admin.run(
      'create -f -',
      pair.replace('"weight":0', '"weight":100').replace('"weight":100}]', '"weight":0}]'),
    );
    t.notOk(denied.ok, denied.said);
    t.match(denied.said, 'backends-exist: Service shop-blue does not exist in routed; Traefik would answer 404');
  },
);

t.test('autoscalers: the preview gets the minimum of the active color, and a color at zero stays there', async (t) => {
  const admin = await namespaceOf('scaled');
  const bluegreen = bluegreenIn('scaled');
  await admin.may(t, `apply -f ${join(SHOP, 'colors.yaml')}`);
  await admin.may(t, 'rollout status deployment/blue --timeout=60s');
  await admin.may(t, 'rollout status deployment/green --timeout=60s');
  await admin.may(t, `apply -f ${join(SHOP, 'routes.yaml')} -f ${join(FILES, 'autoscalers.yaml')}`);
  await admin.may(t, 'wait deployment/blue --for=jsonpath={.status.readyReplicas}=2 --timeout=90s');

  const deployed = await bluegreen('deploy shop --timeout 60s');
  t.equal(deployed.code, 0, deployed.err);
  t.match(deployed.err, 'horizontalpodautoscaler.autoscaling/green gets at least 2 replicas instead of 1\n');
  t.notMatch(deployed.err, /[3-9] of 2 ready/);
  const limits = 'get hpa green -o jsonpath={.spec.minReplicas}-{.spec.maxReplicas}';
  t.equal((await admin.run(limits)).said, '2-2');
  t.equal((await bluegreen('deploy shop')).out, 'traefikservice.traefik.io/shop unchanged\n');

  await admin.may(t, 'annotate traefikservices.traefik.io shop bluegreen.dev/smoke-test=passed:6.1.6');
  t.match(await bluegreen('promote shop'), { code: 0 });
  await cluster.kubectlOk(['apply', '-f', join(FILES, 'keda-crd.yaml')]);
  await established(cluster, ['crd', 'scaledobjects.keda.sh']);
  await admin.may(t, `apply -f ${join(FILES, 'scaledobject.yaml')}`);
  const down = await bluegreen('decommission shop --after 0s --settle 1s');
  t.equal(down.code, 0, down.err);
  t.match(down.err, 'scaledobject.keda.sh/blue is paused at 0 replicas\n');
  // The real autoscaler leaves what has no replicas alone.
  await admin.may(t, 'wait hpa/blue --for=condition=ScalingActive=False --timeout=60s');
  t.equal((await admin.run('get deployment blue -o jsonpath={.spec.replicas}')).said, '0');
  const up = await bluegreen('deploy shop --overwrite-rollback --timeout 60s');
  t.equal(up.code, 0, up.err);
  t.match(up.err, 'scaledobject.keda.sh/blue gets to scale again\n');
  t.equal((await admin.run('get deployment blue -o jsonpath={.status.readyReplicas}')).said, '2');
  await cluster.kubectlOk(['delete', 'crd', 'scaledobjects.keda.sh']);
});

t.test('a Traefik whose arguments leave the namespace out is not waited for', async (t) => {
  const admin = await namespaceOf('second');
  const image = await cluster.kubectlOk([
    'get',
    'deployment',
    '-n',
    'traefik',
    'traefik',
    '-o',
    `jsonpath=${IMAGE_PATH}`,
  ]);
  const manifest = readFileSync(join(FILES, 'second-traefik.yaml'), 'utf8').replace('IMAGE', image);
  const applied = await admin.run('apply -f -', manifest);
  t.ok(applied.ok, applied.said);
  await admin.may(t, 'rollout status deployment/traefik-second --timeout=90s');
  const shop = await namespaceOf('first');
  const bluegreen = bluegreenIn('first');
  await shop.may(t, `apply -f ${join(SHOP, 'colors.yaml')}`);
  for (const color of ['blue', 'green']) await shop.may(t, `rollout status deployment/${color} --timeout=60s`);
  await shop.may(t, `apply -f ${join(SHOP, 'routes.yaml')}`);
  await shop.may(t, 'annotate traefikservices.traefik.io shop bluegreen.dev/smoke-test=passed:6.1.6');
  const promoted = await bluegreen('promote shop --wait --timeout 20s');
  t.equal(promoted.code, 0, promoted.err);
  t.match(promoted.err, /Traefik has it: 1 of 1 replicas after [\d.]+s/);
  const elsewhere = await bluegreen('rollback shop --wait --timeout 20s --traefik second');
  t.equal(elsewhere.code, 0, elsewhere.err);
  t.match(
    elsewhere.err,
    'no ready Traefik pod can have traefikservice.traefik.io/shop: their arguments leave out namespace first',
  );
  await cluster.kubectlOk(['delete', 'namespace', 'second', '--wait=false']);
});

t.test('who may only patch promotes and goes back by the plugin, as by kubectl patch', async (t) => {
  const admin = await namespaceOf('patch-only');
  const bluegreen = bluegreenIn('patch-only');
  for (const file of [join(SHOP, 'colors.yaml'), join(FILES, 'patch-only.yaml')])
    await admin.may(t, `apply -f ${file}`);
  for (const color of ['blue', 'green']) await admin.may(t, `rollout status deployment/${color} --timeout=60s`);
  await admin.may(t, `apply -f ${join(SHOP, 'routes.yaml')}`);
  const denied = await bluegreen('promote shop --as switcher');
  t.equal(denied.code, 1);
  t.match(denied.err, 'smoke-test: ');
  await admin.may(t, 'annotate traefikservices.traefik.io shop bluegreen.dev/smoke-test=passed:6.1.6');
  const promoted = await bluegreen('promote shop --as switcher');
  t.equal(promoted.code, 0, promoted.err);
  t.match(promoted.flat, /you may not read its colors \(.*switcher.*\): the webhook alone checks them/);
  t.equal((await bluegreen('rollback shop --as switcher')).code, 0);
});

t.test(
  'routes that no switch moves are denied where they split the pair, and those that lead to nothing are told',
  async (t) => {
    const admin = await namespaceOf('routes');
    const bluegreen = bluegreenIn('routes');
    await cluster.kubectlOk(['apply', '--server-side', '-f', toolFile('gateway-api-crds', 'httproutes.yaml')]);
    await established(cluster, ['crd', 'httproutes.gateway.networking.k8s.io']);
    for (const file of ['colors.yaml', 'routes.yaml']) await admin.may(t, `apply -f ${join(SHOP, file)}`);
    const split = readFileSync(join(FILES, 'split-routes.yaml'), 'utf8');
    const denied = await admin.run('apply -f -', split);
    t.notOk(denied.ok, denied.said);
    for (const kind of ['IngressRouteTCP', 'HTTPRoute'])
      t.match(denied.said, `inline-weights: this ${kind} splits traffic over blue and green by itself`);
    const one = await admin.run(
      'apply -f -',
      split.replaceAll('weight: 50', 'weight: 0').replaceAll('weight: 40', 'weight: 1'),
    );
    t.ok(one.ok, one.said);
    t.match(one.said, 'Warning: inline-weights: this HTTPRoute points at blue directly: a switch does not move it');
    await admin.may(t, `apply -f ${join(FILES, 'dead-ends.yaml')}`);
    const doctor = (await bluegreen('doctor')).flat;
    t.match(
      doctor,
      'routes/ingressroute.traefik.io/forgotten names Service shop, which does not exist; a TraefikService shop does Write kind: TraefikService.',
    );
    t.match(
      doctor,
      'routes/ingressroute.traefik.io/nothing names TraefikService shopp, which does not exist: Traefik answers 404',
    );
    await cluster.kubectlOk(['delete', 'crd', 'httproutes.gateway.networking.k8s.io']);
  },
);

t.test('a server-side apply conflicts once after a promotion, and forced moves no traffic', async (t) => {
  const admin = await namespaceOf('server-side-apply');
  const bluegreen = bluegreenIn('server-side-apply');
  await admin.may(t, `apply -f ${join(SHOP, 'colors.yaml')}`);
  for (const color of ['blue', 'green']) await admin.may(t, `rollout status deployment/${color} --timeout=60s`);
  const apply = `apply --server-side -f ${join(SHOP, 'routes.yaml')}`;
  const weights = 'get traefikservices.traefik.io shop -o jsonpath={.spec.weighted.services[*].weight}';
  await admin.may(t, apply);
  await admin.may(t, apply);
  await admin.may(t, 'annotate traefikservices.traefik.io shop bluegreen.dev/smoke-test=passed:6.1.6');
  t.match(await bluegreen('promote shop'), { code: 0 });
  await admin.mayNot(t, apply, 'conflict with "kubectl-bluegreen"', '.spec.weighted.services');
  await admin.may(t, `${apply} --force-conflicts`);
  t.equal((await admin.run(weights)).said, '0 100');
  await admin.may(t, apply);
  t.equal((await admin.run(weights)).said, '0 100', 'the manifest owns the list again');
});
