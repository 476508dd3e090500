import { join } from 'node:path';
import { expectDone, expectPatchedSwitch, expectDenied, expectSwitch, NAME, NAMESPACE } from './stage.ts';
import type { Stage } from './stage.ts';

const MANIFESTS = join('test', 'demo', 'manifests');
const IN = `-n ${NAMESPACE}`;

/** What nobody may apply, and the check that says so. */
const BAD_APPLIES = [
  { file: 'sum-90.yaml', check: 'weights-total' },
  { file: 'both-live.yaml', check: 'single-active' },
  { file: 'half-and-half.yaml', check: 'single-active' },
  { file: 'both-zero.yaml', check: 'weights-total' },
  { file: 'untested-green.yaml', check: 'smoke-test' },
] as const;

const GREEN_REVISION = `get pods ${IN} -l color=green -o jsonpath={.items[0].metadata.labels.pod-template-hash}`;

/** The whole blue-green playbook, from two colors side by side to the old one out of service. Traffic flows all the while. */
export async function playbook(stage: Stage): Promise<void> {
  const { screen } = stage;
  screen.step('Blue is active, green is the preview');
  await expectDone(stage, `bluegreen status ${NAME} ${IN}`);

  screen.step('What would break production is denied');
  for (const { file, check } of BAD_APPLIES) await expectDenied(stage, `apply -f ${join(MANIFESTS, file)}`, check);

  screen.step('A forgotten weight is filled in');
  await expectFilled(stage, 'forgotten-weight.yaml');
  await expectFilled(stage, 'no-weights.yaml');

  screen.step('Smoke-test green inside the cluster, at http://green.demo-bluegreen/');
  await smokeTest(stage);
  await attest(stage, '6.1.6');

  screen.step('Promote green');
  await expectSwitch(stage, `bluegreen promote ${NAME} ${IN}`, 'blue', 'green');

  screen.step('Something looks wrong: roll back');
  await expectSwitch(stage, `bluegreen rollback ${NAME} ${IN}`, 'green', 'blue');

  screen.step('A promotion used its smoke test up: test again, promote again');
  await expectDenied(stage, `bluegreen promote ${NAME} ${IN}`, 'smoke-test');
  await smokeTest(stage);
  const { output: revision } = await expectDone(stage, GREEN_REVISION);
  await attest(stage, revision);
  await expectSwitch(stage, `bluegreen promote ${NAME} ${IN}`, 'blue', 'green');

  screen.step('For comparison: the same switches by kubectl patch, through the same guard');
  await expectPatchedSwitch(stage, 'green', 'blue');
  await attest(stage, '6.1.6');
  await expectPatchedSwitch(stage, 'blue', 'green');

  screen.step('A day later: take blue out of service, out of the list first, then down');
  const takeOut =
    '[{"op":"test","path":"/spec/weighted/services/0/name","value":"blue"},{"op":"remove","path":"/spec/weighted/services/0"}]';
  await expectDone(stage, `patch traefikservice.traefik.io/${NAME} ${IN} --type=json -p=${takeOut}`);
  await expectDone(stage, `scale deployment blue ${IN} --replicas=0`);
  await expectDone(stage, `wait pods ${IN} -l color=blue --for=delete --timeout=60s`);
  await expectDone(stage, `bluegreen status ${NAME} ${IN}`);
}

/** Says by hand that green passed: its version, or its revision. */
async function attest(stage: Stage, passed: string): Promise<void> {
  const annotation = `bluegreen.dev/smoke-test=passed:${passed}`;
  await expectDone(stage, `annotate --overwrite traefikservice.traefik.io/${NAME} ${IN} ${annotation}`);
}

async function smokeTest(stage: Stage): Promise<void> {
  await expectDone(stage, `replace --force -f ${join(MANIFESTS, 'smoke-test.yaml')}`);
  await expectDone(stage, `wait job/smoke-test-green ${IN} --for=condition=complete --timeout=60s`);
  const { output } = await expectDone(stage, `logs job/smoke-test-green ${IN}`);
  if (!output.includes('version 6.1.6') || output.includes('FAIL'))
    stage.problems.push('the smoke test of green failed');
}

async function expectFilled(stage: Stage, file: string): Promise<void> {
  await expectDone(stage, `apply -f ${join(MANIFESTS, file)}`);
  const weights = '-o jsonpath={.spec.weighted.services[*].weight}';
  const { output } = await expectDone(stage, `get traefikservice.traefik.io/${NAME} ${IN} ${weights}`);
  if (output !== '100 0') stage.problems.push(`${file} left the weights at ${output || 'nothing'}, not at 100 0`);
}
