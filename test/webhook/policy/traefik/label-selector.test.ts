import t from 'tap';
import { matchesLabels, parseLabelSelector } from '../../../../webhook/policy/traefik/label-selector.ts';

const labels = new Map([
  ['app.kubernetes.io/name', 'shop'],
  ['tier', 'web'],
  ['empty', ''],
]);

t.test('a selector matches labels as kubectl -l does', async (t) => {
  for (const selector of [
    '',
    'app.kubernetes.io/name=shop',
    'app.kubernetes.io/name == shop, tier!=db',
    'tier in (web, api),!gone',
    'tier notin (db),tier',
    'gone!=a',
    'gone notin (a,b)',
    'empty=',
    'empty in (,a)',
  ])
    t.ok(matchesLabels(selector, labels), selector);
  for (const selector of ['tier=db', 'tier!=web', 'tier in (db)', 'tier notin (web)', '!tier', 'gone', 'tier,gone=a'])
    t.notOk(matchesLabels(selector, labels), selector);
});

t.test('what Kubernetes does not read is no selector', async (t) => {
  for (const selector of ['tier=', 'tier in (a,b),x', '!tier', 'a']) t.ok(parseLabelSelector(selector), selector);
  for (const selector of ['=web', 'tier=a b', 'tier in a', 'tier in (a', ',', 'tier,,x', 'tier>1', 'a=b=c'])
    t.equal(parseLabelSelector(selector), null, selector);
});
