import t from 'tap';
import { run } from '../run.ts';
import { GOOD, BAD, OTHER } from './manifests.ts';

t.test('folders, lists, stdin and both groups', async (t) => {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ kind: 'x' }] });
  const files = {
    '/d/one.yml': GOOD,
    '/d/sub/two.yaml': GOOD.replace('traefik.io', 'traefik.containo.us'),
    '/d/list.json': list,
  };
  t.match((await run('lint -f /d', { files })).err, '1 blue-green TraefikService checked');
  t.match((await run('lint -R -f /d/', { files })).err, '2 blue-green TraefikServices checked');
  t.match((await run('lint -f -', { stdin: `${BAD}---\n${GOOD}` })).out, /^-:8:7: error weights-total: /);
});

t.test('what cannot be read', async (t) => {
  const broken = await run('lint -f -', { stdin: `${GOOD}---\na: [\n` });
  t.equal(broken.code, 1);
  t.match(broken.out, /^-:1[12]:\d+: error yaml: Flow sequence in block collection must be .* end with a \]$/m);
  t.equal((await run('lint -f /none')).err, 'error: the path "/none" does not exist\n');
  t.match((await run('lint')).err, 'error: nothing to check: name files or folders, or - for standard input');
  const prose = '# Shop\n\n> a: [b\n\n- c: {d\n- *e\n\tf: g\n';
  const { out } = await run('lint README.md', { files: { 'README.md': prose } });
  t.match(out, /^README\.md:\d+:\d+: error yaml: [^\n]+\n$/, 'one error a file, on one line');
});

t.test('files are named with -f or without, several at a time', async (t) => {
  const files = { '/a.yaml': GOOD, '/b.yaml': BAD, '/c.yaml': GOOD.replace('name: shop', 'name: cart') };
  const { code, out, err } = await run('lint /a.yaml /c.yaml -f /b.yaml', { files });
  t.equal(code, 1);
  t.match(err, '3 blue-green TraefikServices checked');
  t.match(out, '/b.yaml:8:7: error weights-total: ');
});

t.test('nothing to check has not passed', async (t) => {
  const files = { '/d/readme.md': 'x', '/d/sub/a.yaml': GOOD, '/values.yaml': 'replicas: 2\n', '/cm.yaml': OTHER };
  t.match(await run('lint -f /d', { files }), {
    code: 1,
    err: 'error: no file in /d ends in .yaml, .yml, .json, so nothing was checked; -R reads the folders below it, too\n',
  });
  t.match(await run('lint -', { stdin: '' }), {
    code: 1,
    err: 'error: there is no Kubernetes object in standard input, so nothing was checked\n',
  });
  t.match(await run('lint /values.yaml', { files }), { code: 1, err: 'no Kubernetes object in /values.yaml' });
  t.match(await run('lint /cm.yaml', { files }), { code: 0, err: '0 blue-green TraefikServices checked' });
});

t.test('templates of Helm are told, once a file, and not checked', async (t) => {
  const template = `{{- if .Values.route }}\n${GOOD.replace('name: shop,', 'name: {{ .Release.Name }},')}{{- end }}\n`;
  const quiet = GOOD.replace('namespace: demo}', 'namespace: demo, labels: {{ .Values.labels }}}');
  const files = { '/t/a.yaml': template, '/t/b.yaml': quiet, '/t/c.yaml': GOOD };
  const { code, out, err } = await run('lint /t', { files });
  t.equal(code, 0);
  t.match(out, /^\/t\/a\.yaml:1:1: warning template: this is a template of Helm and is not checked: render it first/);
  t.equal(out.split('\n').length, 3);
  t.match(err, '1 blue-green TraefikService checked: 0 errors, 2 warnings.');
  t.equal((await run('lint --strict /t', { files })).code, 1);
  const rule = `${OTHER}data:\n  text: "{{ $value }}"\n  more: |\n    {{ $labels.pod }}\n`;
  t.equal((await run('lint -', { stdin: `${rule}---\n${GOOD}` })).out, '', 'an action in a string is none of Helm');
});

t.test('the namespace is that of the context, as for kubectl', async (t) => {
  const kubeconfig = `apiVersion: v1
kind: Config
current-context: work
contexts: [{name: work, context: {cluster: c, user: u, namespace: team-a}}, {name: home, context: {namespace: me}}]
`;
  const world = { files: { '/home/user/.kube/config': kubeconfig }, stdin: BAD.replace(', namespace: demo', '') };
  t.match((await run('lint -', world)).out, 'weights-total: team-a/shop: ');
  t.match((await run('lint - --context home', world)).out, 'weights-total: me/shop: ');
  t.match((await run('lint - -n other', world)).out, 'weights-total: other/shop: ');
  t.match((await run('lint -', { stdin: world.stdin })).out, 'weights-total: default/shop: ');
  t.match((await run('init shop --image a:1 --host a.test', world)).out, 'namespace: team-a');
});
