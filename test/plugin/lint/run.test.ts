import t from 'tap';
import { run } from '../run.ts';
import { GOOD, BAD, OTHER } from './manifests.ts';

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

/** A manifest with annotations. */
function noted(annotations: string, manifest = GOOD): string {
  return manifest.replace('namespace: demo}', `namespace: demo, annotations: {${annotations}}}`);
}

t.test('annotations that have no effect, on what is a release and on what is none', async (t) => {
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

t.test('a lone color is a release when its sibling is in the files', async (t) => {
  const lone = GOOD.replace(/ +- \{name: shop-green.*\n/, '');
  const service = `---\napiVersion: v1\nkind: Service\nmetadata: {name: shop-green, namespace: demo}\n`;
  t.match((await run('lint -f -', { stdin: lone })).err, '0 blue-green');
  t.match((await run('lint -f -', { stdin: lone + service })).err, '1 blue-green');
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
