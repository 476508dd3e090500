// The pipelines in examples/pipelines: every command of theirs, in their order, on a real cluster behind a real Traefik.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { at, get, isObject, list, text } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { run } from '../../scripts/lib/run.ts';
import { shareCluster } from '../cluster/sharing/share.ts';

const PIPELINES = join(import.meta.dirname, '../../examples/pipelines');
const SHOP = join(import.meta.dirname, 'guards');
const cluster = await shareCluster(t, 'traefik');

const folder = mkdtempSync(join(tmpdir(), 'bluegreen-pipelines-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'deploy'));
for (const file of ['colors.yaml', 'routes.yaml']) cpSync(join(SHOP, file), join(folder, 'deploy', file));

/** The commands of both jobs of a pipeline. */
function commandsOf(file: string): readonly string[] {
  const pipeline: Json = parse(readFileSync(join(PIPELINES, file), 'utf8'));
  const github = ['lint', 'release'].flatMap((job) => list(at(pipeline, 'jobs', job, 'steps')));
  const gitlab = ['lint', 'release'].flatMap((job) => list(at(pipeline, job, 'script')));
  return [...github.flatMap((step) => text(get(step, 'run')) ?? []), ...gitlab.flatMap((line) => text(line) ?? [])];
}

/** The variables that a pipeline sets, which the test sets otherwise. */
function variablesOf(file: string): readonly string[] {
  const pipeline: Json = parse(readFileSync(join(PIPELINES, file), 'utf8'));
  const variables = get(pipeline, 'env') ?? get(pipeline, 'variables');
  return isObject(variables) ? Object.keys(variables) : [];
}

for (const [file, namespace] of [
  ['github-actions.yaml', 'github'],
  ['gitlab-ci.yaml', 'gitlab'],
] as const) {
  t.test(`${file}: every command, in order, releases a version`, async (t) => {
    await cluster.kubectlOk(['create', 'namespace', namespace]);
    for (const manifest of ['colors.yaml', 'routes.yaml'])
      await cluster.kubectlOk(['apply', '-n', namespace, '-f', join(SHOP, manifest)]);
    for (const color of ['blue', 'green'])
      await cluster.kubectlOk(['rollout', 'status', '-n', namespace, `deployment/${color}`, '--timeout=60s']);
    const variables: Readonly<Record<string, string>> = {
      NAME: 'shop',
      NAMESPACE: namespace,
      IMAGE: 'podinfo=ghcr.io/stefanprodan/podinfo:6.1.6',
      SMOKE_PATH: '/healthz',
      ANALYZE: '5s',
    };
    t.same(variablesOf(file).toSorted(), Object.keys(variables).toSorted());
    const commands = commandsOf(file);
    t.equal(commands.length, 4);
    for (const command of commands) {
      // As a runner of GitHub does: it ends with the first line that fails. GitLab allows the exit code 5.
      const { code, stdout, stderr } = await run('bash', ['-e', '-c', command], {
        cwd: folder,
        env: { ...cluster.env, ...variables, NODE_EXTRA_CA_CERTS: undefined },
      });
      const allowed = file === 'gitlab-ci.yaml' ? [0, 5] : [0];
      t.ok(allowed.includes(code), `${command}\n${code}\n${stdout}\n${stderr}`);
    }
    const weights = [
      'get',
      'traefikservices.traefik.io',
      'shop',
      '-n',
      namespace,
      '-o',
      'jsonpath={.spec.weighted.services[*].weight}',
    ];
    t.equal(await cluster.kubectlOk(weights), '0 100');
  });
}
