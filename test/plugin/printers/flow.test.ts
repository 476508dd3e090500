import t from 'tap';
import { flow } from '../../../plugin/printers/flow.ts';

const REASON =
  '  - smoke-test: green gains weight without a passed smoke test. Test it, then run: ' +
  'kubectl annotate traefikservice.traefik.io/shop -n demo bluegreen.dev/smoke-test=passed:1.1';

t.test('off a terminal every line stays whole', async (t) => t.equal(flow(REASON, undefined), REASON));

t.test('on a terminal lines break between words, below their beginning, and a command stays whole', async (t) => {
  t.equal(
    flow(REASON, 60),
    `  - smoke-test: green gains weight without a passed smoke
    test. Test it, then run:
      kubectl annotate traefikservice.traefik.io/shop -n demo bluegreen.dev/smoke-test=passed:1.1`,
  );
});

t.test('what follows a command goes on below it', async (t) => {
  const text = 'Switch to green first: kubectl bluegreen promote shop -n demo. For a teardown, run: wait';
  t.equal(
    flow(text, 50),
    `Switch to green first:
  kubectl bluegreen promote shop -n demo
For a teardown, run: wait`,
  );
});

t.test('labels and painted text hang below what follows them', async (t) => {
  t.equal(
    flow(`Undone by:  \u001B[33mthe manifest sets the weights: applying it again sets them back\u001B[0m`, 45),
    `Undone by:  \u001B[33mthe manifest sets the weights:
            applying it again sets them back\u001B[0m`,
  );
});

t.test('a quoted command is not broken', async (t) => {
  t.equal(
    flow(`No pod is ready just now: 'kubectl get pods -n demo' shows why`, 45),
    `No pod is ready just now:\n'kubectl get pods -n demo' shows why`,
  );
});
