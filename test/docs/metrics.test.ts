// The metrics that docs/operations.md describes are those that the webhook has.
import { Registry, Counter, Gauge, Histogram } from 'prom-client';
import t from 'tap';
import { WEBHOOKS } from '../../webhook/admission/webhooks.ts';
import { createMetrics } from '../../webhook/telemetry/metrics.ts';
import { rowsOf, sectionOf } from './page.ts';

const registry = new Registry();
createMetrics(registry);

function labelsOf(metric: object): string {
  const names: unknown = Reflect.get(metric, 'labelNames');
  return Array.isArray(names) ? names.map((name) => `\`${String(name)}\``).join(', ') : '';
}
function typeOf(metric: object): string {
  return metric instanceof Counter ? 'counter' : metric instanceof Histogram ? 'histogram' : 'gauge';
}
const own = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('bluegreen_'));

t.test('the page has every metric once, with its type and labels', async (t) => {
  const rows = rowsOf(sectionOf('operations.md', 'Metrics'));
  t.same(
    rows.map(([name, type, labels]) => `${name} ${type} ${labels}`).sort(),
    own.map((metric) => `\`${metric.name}\` ${typeOf(metric)} ${labelsOf(metric)}`).sort(),
  );
});

t.test('names follow Prometheus: a unit or total at the end, counters and only they end in total', async (t) => {
  for (const metric of own) {
    t.match(metric.name, /^bluegreen_[a-z]+(_[a-z]+)*$/);
    t.equal(metric.name.endsWith('_total'), metric instanceof Counter, metric.name);
    if (metric instanceof Histogram) t.match(metric.name, /_seconds$/);
    t.match(metric.help, /\.$/, 'help is a sentence');
    if (!(metric instanceof Gauge && metric.name === 'bluegreen_build_info')) t.notMatch(metric.name, /_info$/);
  }
});

t.test('only gauges of the audit, which are limited in number, have labels that name objects', async (t) => {
  const free = own.filter((metric) => /namespace|name`|user|uid/.test(labelsOf(metric)));
  t.same(
    free.map(({ name }) => name.replace('bluegreen_', '')),
    ['findings', 'active', 'ready_endpoints', 'last_switch_timestamp_seconds', 'frozen'],
  );
  t.match([...WEBHOOKS], ['mutate', 'promotion', 'guard']);
});
