// docs/operations.md names nothing that is not there: fields of the log, audit annotations, Events, values, links, commands.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import t from 'tap';
import { propertyOf } from '../../scripts/chart-docs.ts';
import { audit } from '../../webhook/admission/answers.ts';
import type { Answer } from '../../webhook/admission/types.ts';
import { REASONS, typeOf } from '../../webhook/events/occurrence.ts';
import { createLog } from '../../webhook/telemetry/log.ts';
import { logDecision } from '../../webhook/telemetry/decision-log.ts';
import { createMetrics } from '../../webhook/telemetry/metrics.ts';
import { parseObject } from '../../common/json.ts';
import { fileText } from '../chart/chart.ts';
import { request, traefikService } from '../webhook/admission/world.ts';
import { ALLOWED } from '../webhook/parts.ts';
import { pageText, rowsOf, sectionOf } from './page.ts';

const page = pageText('operations.md');
function quoted(cell: string | undefined): readonly string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}
function firstCells(section: string): readonly string[] {
  return rowsOf(sectionOf('operations.md', section)).flatMap(([cell]) => quoted(cell));
}

const answers: readonly Answer[] = [
  {
    ...ALLOWED,
    checks: ['frozen'],
    override: 'incident 42',
    warnings: ['careful'],
    switched: { kind: 'promotion', from: 'blue', to: 'green' },
  },
  { ...ALLOWED, verdict: 'denied', reason: 'Forbidden', message: 'because' },
];

t.test('the fields of the log are those of a decision', async (t) => {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line: string) => void lines.push(line) });
  for (const answer of answers)
    logDecision(
      log,
      {
        webhook: 'mutate',
        mode: 'enforce',
        request: { ...request(traefikService([100, 0])), dryRun: true },
        answer,
        milliseconds: 1,
      },
      'object',
    );
  const fields = new Set(lines.flatMap((line) => Object.keys(parseObject(line) ?? {})));
  t.same(firstCells('Log').toSorted(), [...fields].toSorted());
});

t.test('the audit annotations are those of an answer, and the mode of a namespace', async (t) => {
  const keys = audit({
    outcome: 'denied',
    switched: { kind: 'promotion', from: 'blue', to: 'green' },
    findings: [{ check: 'frozen', severity: 'denied', reason: 'frozen', detail: 'no', needs: 'stored object' }],
    override: 'incident 42',
  });
  t.same(firstCells('Audit log of the API server').toSorted(), [...Object.keys(keys), 'mode'].toSorted());
});

t.test('every reason of an Event has a row with its type', async (t) => {
  const rows = rowsOf(sectionOf('operations.md', 'Events'));
  t.same(
    rows.map(([reason, type]) => [reason, type]),
    REASONS.map((reason) => [`\`${reason}\``, typeOf(reason)]),
  );
});

t.test('every metric that it speaks of exists', async (t) => {
  const registry = new Registry();
  createMetrics(registry);
  const known = new Set(registry.getMetricsAsArray().map(({ name }) => name));
  const named = page.match(/\b(bluegreen|process|nodejs)_[a-z]+(_[a-z]+)*\b/g) ?? [];
  t.ok(named.length > 20);
  t.same(
    named.filter((name) => !known.has(name)),
    [],
  );
});

t.test('every value of the chart that it speaks of exists', async (t) => {
  const schema = parseObject(fileText('charts/bluegreen/values.schema.json')) ?? {};
  const set = [...page.matchAll(/--set ([\w.]+)=/g)].map(([, path = '']) => path);
  const inText = [...page.matchAll(/`([a-z]\w*(?:\.\w+)+)(?:=[^`]*)?`/g)].map(([, path = '']) => path);
  const values = [...set, ...inText].filter((path) => !/\.(dev|crt)$/.test(path));
  t.ok(values.length > 8);
  // Labels are free: the last part is the person's own.
  function known(path: string): boolean {
    return propertyOf(schema, path.split('.')) !== null || propertyOf(schema, path.split('.').slice(0, -1)) !== null;
  }
  t.same(
    values.filter((path) => !known(path)),
    [],
  );
});

t.test('every link leads somewhere', async (t) => {
  const anchors = new Set(
    [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  for (const [, target = ''] of page.matchAll(/\]\(([^)]+)\)/g)) {
    const [file, anchor] = target.split('#');
    if (file) t.ok(existsSync(join(import.meta.dirname, '../../docs', file)), target);
    else t.ok(anchors.has(anchor ?? ''), target);
  }
});

t.test('every command of the plugin that it speaks of is on the plugin’s page', async (t) => {
  const verbs = new Set([...page.matchAll(/kubectl bluegreen ([a-z]+)/g)].map(([, verb = '']) => verb));
  for (const verb of verbs) t.match(pageText('plugin.md'), `kubectl bluegreen ${verb}`);
  t.ok(verbs.size > 3);
});
