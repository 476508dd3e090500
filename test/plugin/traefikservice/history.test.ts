import t from 'tap';
import { get, list, parseObject } from '../../../common/json.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { PROMOTED, shop } from '../shop.ts';

/** Green was promoted, and its entry in the history has this as well. */
function promotedWith(fields: object) {
  const added = JSON.stringify(fields).slice(1, -1);
  const annotations = Object.fromEntries(
    Object.entries(PROMOTED).map(([key, value]) => [
      key,
      value.replace('"kind":"promotion"', `${added},"kind":"promotion"`),
    ]),
  );
  return shop({ weights: [0, 100], annotations });
}

const IN_WARN = promotedWith({ checks: ['smoke-test', 'ready-endpoints'], mode: 'warn' });
const OVERRIDDEN = promotedWith({ checks: ['smoke-test'], override: 'incident 42' });

t.test('a promotion in mode warn is told from a plain one, with what was found', async (t) => {
  const cluster = await fakeCluster(t, IN_WARN);
  for (const wide of ['', ' -o wide']) {
    const { out } = await cluster.run(`history shop${wide}`);
    t.match(out, /^KIND .* AGE +FINDINGS\n/);
    t.match(out, /\npromotion\+warn +blue +green .* 120m +smoke-test,ready-endpoints\n/);
    t.match(out, /\ncreation +<none> +blue .* <none>\n/);
  }
  const [latest, first] = list(parseObject((await cluster.run('history shop -o json')).out)?.['entries']);
  t.match(latest, { kind: 'promotion', checks: ['smoke-test', 'ready-endpoints'], mode: 'warn' });
  t.equal(get(first, 'kind'), 'creation');
  t.equal(get(first, 'checks'), undefined);
});

t.test('status names the findings in spite of which the active color was switched to', async (t) => {
  const warned = await fakeCluster(t, IN_WARN);
  t.match(
    (await warned.run('status shop')).out,
    '\nFindings:   the promotion had findings of smoke-test, ready-endpoints, and the mode warn let it through\n',
  );
  t.match(parseObject((await warned.run('status shop -o json')).out)?.['letThrough'], {
    kind: 'promotion',
    checks: ['smoke-test', 'ready-endpoints'],
    mode: 'warn',
    override: null,
  });
  const overridden = await fakeCluster(t, OVERRIDDEN);
  t.match((await overridden.run('status shop')).out, 'smoke-test, and the override "incident 42" let it through\n');
});

t.test('after a rollback, and without findings, status says nothing of the kind', async (t) => {
  const back = shop({ weights: [100, 0], annotations: PROMOTED });
  for (const objects of [back, shop({ weights: [0, 100], annotations: PROMOTED })]) {
    const cluster = await fakeCluster(t, objects);
    t.notMatch((await cluster.run('status shop')).out, 'Findings:');
    t.equal(parseObject((await cluster.run('status shop -o json')).out)?.['letThrough'], null);
  }
});
