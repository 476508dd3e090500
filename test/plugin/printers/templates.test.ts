// Templates of -o beside JSONPath, as kubectl prints them.
import t from 'tap';
import { printCustomColumns } from '../../../plugin/printers/custom-columns.ts';
import { printGoTemplate } from '../../../plugin/printers/go-template.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { shop } from '../shop.ts';

const THING = {
  metadata: { name: 'shop', labels: { app: 'shop', 'team.io/name': 'web' }, annotations: {} },
  spec: { ports: [{ port: 80, name: 'http' }, { port: 443 }], paused: false, replicas: 3 },
  data: { secret: 'aGVsbG8=' },
};

t.test('custom columns', async (t) => {
  t.equal(
    printCustomColumns(THING, 'NAME:.metadata.name,PORTS:.spec.ports[*].port,NONE:.spec.nope,LABELS:.metadata.labels'),
    'NAME   PORTS    NONE     LABELS\nshop   80,443   <none>   map[app:shop team.io/name:web]\n',
  );
  t.equal(printCustomColumns(THING, 'N:metadata.name,L:{.metadata.labels.team\\.io/name}'), 'N      L\nshop   web\n');
  t.throws(() => printCustomColumns(THING, 'NAME'), {
    message: /unexpected custom-columns spec: NAME, expected <header>/,
  });
});

t.test('Go templates', async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['{{.metadata.name}}', 'shop'],
    ['{{.nope}} {{.spec.paused}}', '<no value> false'],
    ['{{range .spec.ports}}{{.port}}{{"\\n"}}{{end}}', '80\n443\n'],
    ['{{range $i, $p := .spec.ports}}{{$i}}={{$p.port}} {{end}}', '0=80 1=443 '],
    ['{{range $k, $v := .metadata.labels}}{{$k}}={{$v}};{{end}}', 'app=shop;team.io/name=web;'],
    ['{{range .spec.nope}}x{{else}}none{{end}}', 'none'],
    ['{{if .spec.paused}}paused{{else if gt .spec.replicas 2}}many{{else}}few{{end}}', 'many'],
    ['{{if and (eq .metadata.name "shop") (not .spec.paused)}}yes{{end}}', 'yes'],
    ['{{with .metadata}}{{.name}} {{$.spec.replicas}}{{end}}', 'shop 3'],
    ['{{index .metadata.labels "team.io/name"}} {{index .spec.ports 1 "port"}}', 'web 443'],
    ['{{$n := len .spec.ports}}{{printf "%s has %d (%q) %%" .metadata.name $n `x`}}', 'shop has 2 ("x") %'],
    ['{{.data.secret | base64decode | printf "<%-7s>"}}', '<hello  >'],
    ['{{println "a" 1}}{{print "a" "b"}}{{print 1 2}}', 'a 1\nab1 2'],
    ['a {{- /* trimmed */ -}} b', 'ab'],
    ['{{ .metadata.labels }} {{.spec.ports}}', 'map[app:shop team.io/name:web] [map[name:http port:80] map[port:443]]'],
  ];
  for (const [template, printed] of cases) t.equal(printGoTemplate(THING, template), printed, template);
  for (const template of ['{{.a', '{{range .a}}', '{{end}}', '{{template "x"}}', '{{.a b}}', '{{$nope}}'])
    t.throws(
      () => printGoTemplate(THING, template),
      { message: /error parsing go-template: ".*" is not supported/ },
      template,
    );
});

t.test('every command with -o takes them, also from files', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const files = {
    'columns.txt': 'NAME   WEIGHTS\n.metadata.name   .spec.weighted.services[*].weight\n',
    'path.txt': '{.items[*].metadata.name}',
    'go.txt': '{{range .items}}{{.metadata.name}}{{end}}',
  };
  const table = 'NAME   WEIGHTS\nshop   100,0\n';
  const columns = 'custom-columns=NAME:.metadata.name,WEIGHTS:.spec.weighted.services[*].weight';
  t.equal((await cluster.run(['list', '-o', columns])).out, table);
  t.equal((await cluster.run(['list', '-o', columns, '--no-headers'])).out, 'shop   100,0\n');
  t.equal((await cluster.run('list -o custom-columns-file=columns.txt', { files })).out, table);
  t.equal((await cluster.run('list -o jsonpath-file=path.txt', { files })).out, 'shop');
  t.equal((await cluster.run('list -o go-template-file=go.txt', { files })).out, 'shop');
  t.equal((await cluster.run('status shop -o go-template={{.active}}')).out, 'blue');
  t.equal((await cluster.run('status -o jsonpath-as-json={.colors[*].color}')).out, '[\n    "blue",\n    "green"\n]\n');
  t.equal((await cluster.run('freeze shop -o custom-columns=NAME:.metadata.name')).out, 'NAME\nshop\n');
  const before = cluster.calls.length;
  for (const output of ['custom-columns=NAME', 'go-template={{.a', 'jsonpath', 'go-template-file=nope', 'xml']) {
    const { code, err } = await cluster.run(['promote', 'shop', '-o', output]);
    t.equal(code, 1, err);
  }
  t.equal(cluster.calls.length, before, 'before anything is asked');
});
