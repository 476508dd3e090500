// The chart in places with rules of their own: registries without internet, OpenShift, GitOps, values of older charts.
import t from 'tap';
import { at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { CHART, containerOf, helm, podOf, render, template } from './chart.ts';

/** Every pod that the chart starts: the webhook's, and that of `helm test`. */
function pods(objects: readonly JsonObject[]): readonly unknown[] {
  return objects.flatMap((object) => {
    if (object['kind'] === 'Pod') return [object['spec']];
    const template = at(object, 'spec', 'template', 'spec');
    return template === undefined ? [] : [template];
  });
}
function containers(objects: readonly JsonObject[]): readonly unknown[] {
  return pods(objects).flatMap((pod) => [...list(get(pod, 'initContainers')), ...list(get(pod, 'containers'))]);
}
function imagesOf(objects: readonly JsonObject[]): readonly (string | null)[] {
  return containers(objects).map((container) => text(get(container, 'image')));
}

t.test('one value moves every image to another registry', async (t) => {
  const standard = imagesOf(await render(['image.tag=v1']));
  t.equal(standard.length, 2);
  t.same(new Set(standard), new Set(['bluegreen/webhook:v1']));
  const own = imagesOf(await render(['image.registry=mirror.example:5000/team', 'image.tag=v1']));
  t.same(new Set(own), new Set(['mirror.example:5000/team/bluegreen/webhook:v1']));
  const digest = `sha256:${'0'.repeat(64)}`;
  const all = imagesOf(
    await render(['image.registry=one.example', 'global.imageRegistry=two.example', `image.digest=${digest}`]),
  );
  t.same(new Set(all), new Set([`two.example/bluegreen/webhook@${digest}`]), 'global wins, and the digest stays');
});

t.test('every pod gets the secrets of the registry, its own and those of all charts', async (t) => {
  for (const pod of pods(await render())) t.equal(get(pod, 'imagePullSecrets'), undefined);
  const values = ['imagePullSecrets[0].name=own', 'global.imagePullSecrets={plain,own}'];
  for (const pod of pods(await render(values)))
    t.same(get(pod, 'imagePullSecrets'), [{ name: 'plain' }, { name: 'own' }]);
});

t.test('OpenShift can choose user and group of every pod', async (t) => {
  const objects = await render(['podSecurityContext.runAsUser=null', 'podSecurityContext.runAsGroup=null']);
  t.same(
    pods(objects).map((pod) => get(pod, 'securityContext')),
    [1, 2].map(() => ({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })),
  );
  for (const container of containers(objects)) t.equal(at(container, 'securityContext', 'runAsUser'), undefined);
});

t.test('every container of every pod has the rights of an ordinary user, and cannot write', async (t) => {
  const objects = await render();
  for (const container of containers(objects)) {
    t.same(get(container, 'securityContext'), {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  }
  for (const pod of pods(objects)) {
    t.match(get(pod, 'securityContext'), { runAsNonRoot: true, runAsUser: 65532 });
    for (const volume of list(get(pod, 'volumes'))) t.equal(get(volume, 'hostPath'), undefined);
  }
  t.ok(containerOf(objects) && podOf(objects));
});

t.test('rendering is repeatable: no random name, no time, no generated key', async (t) => {
  const once = await template();
  t.equal(once.code, 0);
  t.equal((await template()).stdout, once.stdout);
  for (const object of await render()) t.equal(at(object, 'metadata', 'generateName'), undefined);
});

t.test('values of an older chart are denied by name, not used by half', async (t) => {
  // What --reuse-values does: the values of the installed chart, without those that came since.
  const { code, stderr } = await template(
    [],
    ['--set', 'podSecurityContext=null', '--set', 'certificates.leafLifetime=null'],
  );
  t.not(code, 0);
  t.match(stderr, /missing property 'podSecurityContext'/);
  t.match(stderr, /'\/certificates': missing property 'leafLifetime'/);
});

t.test('helm lint --strict is content with every one of these', async (t) => {
  for (const values of [
    ['global.imageRegistry=mirror.example'],
    ['podSecurityContext.runAsUser=null'],
    ['replicaCount=1'],
    ['guard.enabled=false'],
  ]) {
    const { code, stdout, stderr } = await helm([
      'lint',
      '--strict',
      CHART,
      ...values.flatMap((value) => ['--set', value]),
    ]);
    t.equal(code, 0, stdout + stderr);
  }
});
