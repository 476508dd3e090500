import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import type { JsonObject } from '../../../common/json.ts';
import { printObject } from '../../../plugin/printers/object.ts';

const MODULE = join(import.meta.dirname, '../../../plugin/printers/object.ts');

/** As `-o yaml` prints it, in a process of its own: tap changes how the yaml library writes dates. */
function yamlOf(object: JsonObject): string {
  const program = `const { printObject } = await import(process.argv[1]);
    process.stdout.write(printObject(JSON.parse(process.argv[2]), 'thing/x', 'yaml'));`;
  const args = ['--input-type=module', '--eval', program, MODULE, JSON.stringify(object)];
  return execFileSync(process.execPath, args, { encoding: 'utf8' });
}

t.test('-o yaml is written as kubectl writes it', async (t) => {
  const annotations = { on: 'yes', count: '1', at: '2026-01-01T00:00:00Z', json: '{"a":1}' };
  const object = {
    spec: { list: [{ name: 'blue' }], none: [], empty: {} },
    metadata: { managedFields: [{}], annotations },
    lines: 'a\nb\n',
    long: `${'x'.repeat(200)} y`,
    nothing: null,
  };
  t.equal(
    yamlOf(object),
    `lines: |
  a
  b
long: ${'x'.repeat(200)} y
metadata:
  annotations:
    at: "2026-01-01T00:00:00Z"
    count: "1"
    json: '{"a":1}'
    "on": "yes"
nothing: null
spec:
  empty: {}
  list:
  - name: blue
  none: []
`,
  );
});

t.test('-o yaml writes what stands twice in an object twice, without anchors', async (t) => {
  const shared = { name: 'blue' };
  t.equal(printObject({ list: [shared, shared] }, 'thing/x', 'yaml'), 'list:\n- name: blue\n- name: blue\n');
});

t.test('-o json and -o name', async (t) => {
  t.equal(printObject({ b: 1, a: [] }, 'thing/x', 'json'), '{\n    "a": [],\n    "b": 1\n}\n');
  t.equal(printObject({ b: 1 }, 'thing/x', 'name'), 'thing/x\n');
});
