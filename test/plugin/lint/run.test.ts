import t from 'tap';
import { run } from '../run.ts';

const GOOD = `# a comment
apiVersion: traefik.io/v1alpha1
kind: TraefikService
metadata: {name: shop, namespace: demo}
spec:
  weighted:
    services:
      - {name: shop-blue, port: 80}
      - {name: shop-green, port: 80}
`;
const BAD = GOOD.replace('shop-blue, port: 80', 'shop-blue, port: 80, weight: 60').replace(
  'shop-green, port: 80',
  'shop-green, port: 80, weight: 30',
);
const OTHER = `apiVersion: v1
kind: ConfigMap
metadata: {name: x}
`;

/** The good manifest with an attested smoke test. */
function attested(pass: string): Readonly<Record<string, string>> {
  const annotations = `annotations: {bluegreen.dev/smoke-test: "${pass}"}`;
  return { '/a.yaml': GOOD.replace('namespace: demo}', `namespace: demo, ${annotations}}`) };
}

t.test('good manifests', async (t) => {
  const { code, out, err } = await run('lint -f /a.yaml', { files: { '/a.yaml': `${OTHER}---\n${GOOD}` } });
  t.equal(code, 0);
  t.equal(out, '');
  t.match(err, '1 blue-green TraefikService checked: 0 errors, 0 warnings. Not checked without a cluster: smoke-test');
});

t.test('a warning of the policy keeps its check, and what takes a cluster is left to the webhook', async (t) => {
  const { out } = await run('lint -f /a.yaml', { files: attested('passed') });
  t.match(
    out,
    ':8:7: warning smoke-test: demo/shop: bluegreen.dev/smoke-test does not count: a bare "passed" does not',
  );
  t.equal((await run('lint -f /a.yaml', { files: attested('passed:6.1.6') })).out, '');
});

t.test('a finding names file, line and column', async (t) => {
  const { code, out } = await run('lint -f /d', {
    files: { '/d/bad.yaml': `${OTHER}---\n${BAD}`, '/d/readme.md': '{{' },
  });
  t.equal(code, 1);
  t.match(out, '/d/bad.yaml:12:7: error weights-total: demo/shop: ');
  t.match(out, 'warning weights-in-manifest: ');
});

t.test('a name that Traefik takes for that of a release', async (t) => {
  const other = GOOD.replace('name: shop,', 'name: shop-blue-80,').replaceAll(/shop-(blue|green),/g, 'cart-$1x,');
  const { code, out } = await run('lint -f /d', { files: { '/d/a.yaml': GOOD, '/d/b.yaml': other } });
  t.equal(code, 1);
  t.match(
    out,
    '/d/b.yaml:4:18: error distinct-names: demo/shop-blue-80: TraefikService shop-blue-80 in demo and port 80 of Service shop-blue in TraefikService shop in demo are both demo-shop-blue-80 for Traefik',
  );
});

t.test('a second host on the same colors, of which one is on the other', async (t) => {
  const preview = GOOD.replace('name: shop,', 'name: preview,').replace('      - {name: shop-blue, port: 80}\n', '');
  const services =
    'apiVersion: v1\nkind: Service\nmetadata: {name: shop-blue, namespace: demo}\nspec: {ports: [{port: 80}]}\n';
  const both = await run('lint -f /d', {
    files: { '/d/shop.yaml': GOOD, '/d/preview.yaml': preview, '/d/services.yaml': services },
  });
  t.match(both, {
    code: 0,
    out: 'shop.yaml:8:7: warning shared-color: demo/shop: TraefikService preview sends requests to shop-green',
  });
  t.match(both.out, 'warning shared-color: demo/preview: TraefikService shop sends requests to shop-blue');
  const twins = GOOD.replace('name: shop,', 'name: www,');
  const same = await run('lint -f /d', { files: { '/d/shop.yaml': GOOD, '/d/www.yaml': twins } });
  t.notMatch(same.out, 'shared-color', 'weights that both leave out are filled in alike');
});

function services(blue: string, green: string): string {
  return [`{name: shop-blue} ${blue}`, `{name: shop-green, namespace: demo} ${green}`]
    .map((each) => each.split(/(?<=\}) /))
    .map(
      ([metadata, selector]) =>
        `---\napiVersion: v1\nkind: Service\nmetadata: ${metadata}\nspec: {selector: ${selector}, ports: [{port: 80}]}\n`,
    )
    .join('');
}

t.test('two Services that select the same pods are no pair', async (t) => {
  const apart = await run('lint -n demo -f -', { stdin: GOOD + services('{app: shop, c: b}', '{app: shop, c: g}') });
  t.equal(apart.out, '');
  const same = await run('lint -n demo -f -', { stdin: GOOD + services('{app: shop}', '{app: shop, color: green}') });
  t.equal(same.code, 1);
  t.match(
    same.out,
    '-:8:7: error distinct-pods: demo/shop: Service shop-blue selects app=shop, and with it the pods of shop-green, so',
  );
  const elsewhere = await run('lint -n other -f -', { stdin: GOOD + services('{app: shop}', '{app: shop}') });
  t.equal(elsewhere.out, '', 'a Service of another namespace is another one');
});

t.test('entries that Traefik cannot build, as far as the manifests tell', async (t) => {
  const option = GOOD.replace('shop-green, port: 80', 'shop-green, port: 80, scheme: grpc, serversTransport: mtls');
  const alone = await run('lint -f -', { stdin: option });
  t.equal(alone.code, 1);
  t.match(alone.out, '-:8:7: error entry-options: demo/shop: shop-green has scheme grpc, which Traefik does not know');
  t.notMatch(alone.out, 'mtls', 'the cluster may have it');
  const healthy = GOOD.replace('shop-green, port: 80', 'shop-green, port: 8080, scheme: grpc, healthCheck: {path: /}');
  t.notMatch((await run('lint -f -', { stdin: healthy })).out, 'healthCheck', 'its Service may be an ExternalName');
  const { out } = await run('lint -n demo -f -', { stdin: healthy + services('{c: b}', '{c: g}') });
  t.match(out, 'error backends-exist: demo/shop: Service shop-green has port 80, not port 8080; Traefik would answer');
  t.match(out, 'error entry-options: demo/shop: shop-green has a healthCheck, which Traefik takes for ExternalName');
  t.equal(out.split('scheme grpc').length, 2, 'what is said of the entry alone is said once');
});

t.test('annotations that have no effect, on what is a release and on what is none', async (t) => {
  function noted(annotations: string, manifest = GOOD): string {
    return manifest.replace('namespace: demo}', `namespace: demo, annotations: {${annotations}}}`);
  }
  const versions = GOOD.replace('shop-blue', 'v1').replace('shop-green', 'v2');
  const half = await run('lint -f -', { stdin: noted('bluegreen.dev/blue: v1', versions) });
  t.equal(half.code, 1);
  t.match(
    half.out,
    '-:4:54: error annotations: demo/shop: bluegreen.dev/blue has no effect without bluegreen.dev/green',
  );
  const frozen = await run('lint -f -', { stdin: noted('bluegreen.dev/frozen: now', versions) });
  t.equal(frozen.code, 0);
  t.match(
    frozen.out,
    'warning annotations: demo/shop: bluegreen.dev/frozen has no effect: this TraefikService names no',
  );
  const typed = await run('lint -f -', { stdin: noted('bluegreen.dev/freeze: now') });
  t.match(typed.out, '-:4:54: warning annotations: demo/shop: bluegreen.dev/freeze: there is no such annotation');
  const lone = GOOD.replace(/ +- \{name: shop-green.*\n/, '');
  t.equal((await run('lint -f -', { stdin: noted('bluegreen.dev/frozen: now', lone) })).out, '', 'a lone color may be');
});

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

t.test('a lone color is a release when its sibling is in the files', async (t) => {
  const lone = GOOD.replace(/ +- \{name: shop-green.*\n/, '');
  const service = `---\napiVersion: v1\nkind: Service\nmetadata: {name: shop-green, namespace: demo}\n`;
  t.match((await run('lint -f -', { stdin: lone })).err, '0 blue-green');
  t.match((await run('lint -f -', { stdin: lone + service })).err, '1 blue-green');
});

function route(name: string, services: string, namespace = 'demo', group = 'traefik.io'): string {
  return `---
apiVersion: ${group}/v1alpha1
kind: IngressRoute
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  routes:
    - kind: Rule
      match: Host(\`x.test\`)
      services: [${services}]
`;
}

t.test('IngressRoutes past the TraefikService, of both groups in one stream', async (t) => {
  const both = '{name: shop-blue, port: 80, weight: 9}, {name: shop-green, port: 80, weight: 1}';
  const stdin = [
    GOOD,
    GOOD.replace('traefik.io', 'traefik.containo.us').replace('namespace: demo', 'namespace: old'),
    route('good', '{name: shop, kind: TraefikService}'),
    route('split', both),
    route('old-split', both, 'old', 'traefik.containo.us'),
    route('preview', '{name: shop-green, port: 80}'),
    route('elsewhere', '{name: shop-green, port: 80}', 'other'),
    route('same-names', '{name: shop-blue, kind: TraefikService}, {name: shop-green, kind: TraefikService}'),
  ].join('---\n');
  const { code, out, err } = await run('lint -f -', { stdin });
  t.equal(code, 1);
  t.match(err, '2 blue-green TraefikServices and 6 IngressRoutes checked: 2 errors, 1 warning.');
  t.match(out, /^-:\d+:17: error inline-weights: demo\/split: this IngressRoute splits traffic over shop-blue/m);
  t.match(out, /error inline-weights: old\/old-split: /);
  t.match(out, /warning inline-weights: demo\/preview: this IngressRoute points at shop-green directly/);
  const sarif = (await run('lint -f - -o sarif', { stdin })).out;
  t.match(
    sarif,
    'An IngressRoute, IngressRouteTCP, IngressRouteUDP or HTTPRoute does not split traffic over the two colors',
  );
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

t.test('for machines', async (t) => {
  const json: unknown = JSON.parse((await run('lint -f - -o json', { stdin: BAD })).out);
  t.match(json, {
    checked: 1,
    findings: [{ check: 'weights-total', severity: 'error', position: { line: 8, column: 7 } }],
  });
  const sarif: unknown = JSON.parse((await run('lint -f - -o sarif', { stdin: BAD })).out);
  t.match(sarif, {
    version: '2.1.0',
    runs: [
      {
        results: [
          { ruleId: 'weights-total', level: 'error', locations: [{ physicalLocation: { region: { startLine: 8 } } }] },
        ],
      },
    ],
  });
  const unreadable = (await run('lint -f - -o sarif', { stdin: 'a: [' })).out;
  t.match(unreadable, '"ruleId": "yaml"');
  t.notMatch(unreadable, '"text": ": ', 'a message without an object begins with itself');
  t.equal(
    (await run('lint -f - -o github', { stdin: BAD })).out.split('\n')[0],
    '::error title=weights-total::demo/shop: shop-blue 60 + shop-green 30 = 90, not 100. Set one to 100 and the other to 0',
  );
  const two = { '/a,b.yaml': GOOD.replaceAll('shop', 'cart'), '/bad.yaml': BAD };
  const files = await run('lint /a,b.yaml /bad.yaml -o junit', { files: two });
  t.equal(files.code, 1);
  t.match(files.out, '<testsuite name="kubectl bluegreen lint" tests="4" failures="2" errors="0"');
  t.match(files.out, '<testcase classname="/a,b.yaml" name="lint" time="0.000"/>');
  t.match(files.out, '<testcase classname="/bad.yaml" name="warning weights-in-manifest: demo/shop: ');
  t.match(files.out, '">/bad.yaml:8:7</failure>');
  t.match(
    (await run('lint /a,b.yaml /bad.yaml -o github', { files: two })).out,
    /^::error file=\/bad\.yaml,line=8,col=7,title=weights-total::demo\/shop: /,
  );
  t.match((await run('lint /bad.yaml --strict -o junit', { files: two })).out, 'tests="3" failures="3"');
  t.equal((await run('lint -f - --strict', { stdin: GOOD.replace('blue, port: 80', 'blue, weight: 100') })).code, 1);
});

t.test('an IngressRoute where kind: TraefikService was forgotten', async (t) => {
  const route = `apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: shop, namespace: demo}
spec:
  routes:
    - {match: Host(\`shop.test\`), kind: Rule, services: [{name: shop, port: 80}, {name: elsewhere, port: 80}]}
`;
  const { code, out } = await run('lint /d', { files: { '/d/a.yaml': GOOD, '/d/b.yaml': route } });
  t.equal(code, 0);
  t.match(
    out,
    '/d/b.yaml:6:5: warning forgotten-kind: demo/shop: it names Service shop, which does not exist; a TraefikService shop does. Write kind: TraefikService',
  );
  t.notMatch(out, 'elsewhere', 'that may be in the cluster');
  const right = route.replace(
    '{name: shop, port: 80}, {name: elsewhere, port: 80}',
    '{name: shop, kind: TraefikService}',
  );
  t.equal((await run('lint /d', { files: { '/d/a.yaml': GOOD, '/d/b.yaml': right } })).out, '');
});

t.test('what looks like a pair and is not governed', async (t) => {
  const web = GOOD.replaceAll('shop-blue', 'web')
    .replaceAll('shop-green', 'web-green')
    .replace('name: shop,', 'name: web,');
  const route = `apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: web, namespace: demo}
spec:
  routes:
    - match: Host(\`web.test\`)
      kind: Rule
      services: [{name: web-v1, port: 80, weight: 9}, {name: web-v2, port: 80, weight: 1}]
`;
  const { code, out } = await run('lint /d', { files: { '/d/a.yaml': web, '/d/b.yaml': route } });
  t.equal(code, 0);
  t.match(
    out,
    '/d/a.yaml:4:11: warning not-governed: demo/web: web and web-green look like a pair, and no check applies to it. If they are two versions of one service, annotate it: bluegreen.dev/blue: web and bluegreen.dev/green: web-green',
  );
  t.match(out, '/d/b.yaml:6:5: warning not-governed: demo/web: it splits requests over web-v1 and web-v2');
  const annotations = 'annotations: {bluegreen.dev/blue: web, bluegreen.dev/green: web-green}';
  const governed = web.replace('namespace: demo}', `namespace: demo, ${annotations}}`);
  t.equal((await run('lint /d', { files: { '/d/a.yaml': governed } })).out, '');
});
