// What the webhook's own code says of a request, for comparison with what the API server says.
import { createConcurrencyLimit } from '../../webhook/admission/concurrency-limit.ts';
import { guardHandler } from '../../webhook/admission/guard.ts';
import type { UsageReader } from '../../webhook/facts/usage-reader.ts';
import { CHECKS, decide, explain, governed, NOTHING_NAMED, TRAEFIK_DEFAULTS } from '../../webhook/policy/index.ts';
import type { Change, ColorFacts, Decision, Facts, Group } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { isObject, text } from '../../common/json.ts';
import { FakeReader } from '../webhook/facts/fake-reader.ts';
import { ENFORCED, manifest } from './policy.ts';
import type { Shape } from './cases.ts';

/** The checks on TraefikServices that CEL decides in full. */
export const STATIC: ReadonlySet<string> = new Set(CHECKS.filter(({ cel }) => cel === 'yes').map(({ id }) => id));

const SETTINGS = { ...TRAEFIK_DEFAULTS, requireFullCapacity: false, requirePromoteVerb: false };
const FACTS: Facts = {
  known: true,
  blue: running('6.1.5'),
  green: running('6.1.6'),
  named: NOTHING_NAMED,
  samePods: null,
};

/** Both colors are there, ready and settled. */
function running(tag: string): ColorFacts {
  const images = [`registry.example.com/app:${tag}`];
  return {
    service: {
      ports: [{ name: null, port: 80 }],
      hasSelector: true,
      external: false,
      headless: false,
      nodePort: false,
    },
    readyEndpoints: 2,
    servers: { '': 2 },
    revisions: [{ name: `r-${tag.replaceAll('.', '')}`, images, imageIDs: [] }],
    workload: { kind: 'Deployment', name: 'app', images, replicas: 2, unsettled: null },
  };
}

/** What the mutating webhook makes of a write, and what the checks say; null when it is not governed without a look-up. */
export function judge(group: Group, before: Shape | null, after: Shape): Decision | null {
  const change: Change = {
    operation: before === null ? 'CREATE' : 'UPDATE',
    group,
    namespace: ENFORCED,
    name: 'shop',
    object: manifest(group, 'shop', after),
    oldObject: before === null ? null : manifest(group, 'shop', before),
    user: 'admin',
    serverSideApply: false,
  };
  const governance = governed(change);
  if (governance.kind !== 'pair') return null;
  return decide({ change, pair: governance.pair, facts: FACTS, settings: SETTINGS, at: '2024-06-01T12:00:00Z' });
}

/** Static findings in the words of a message. CEL does not know what the mutation filled in. */
export function staticFindings({ findings }: Decision): readonly string[] {
  return findings.filter(({ check }) => STATIC.has(check)).map((each) => explain(each).replaceAll(' (filled in)', ''));
}

/** The parts of an object that the API server keeps of a completed one. */
export function shapeOf({ object }: Decision): Shape {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {};
  return {
    spec: isObject(object['spec']) ? object['spec'] : {},
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, text(value) ?? ''])),
  };
}

class NoTraefikServices extends FakeReader implements UsageReader {
  override listTraefikServices = (): Promise<readonly JsonObject[]> => Promise.resolve([]);
  override listIngressRoutes = (): Promise<readonly JsonObject[]> => Promise.resolve([]);
  listServices = (): Promise<readonly JsonObject[]> => Promise.resolve([]);
  getNamespace = (): Promise<JsonObject> => Promise.resolve({ metadata: { name: ENFORCED } });
}

const guard = guardHandler('enforce', {
  reader: new NoTraefikServices(''),
  access: ({ user }) => Promise.resolve(user.name === 'admin'),
  settings: SETTINGS,
  docsUrl: 'https://docs.example',
  deadline: () => ({ signal: new AbortController().signal, end: () => {} }),
  lookups: createConcurrencyLimit(10),
});

export interface RouteChange {
  readonly group: Group;
  readonly before: JsonObject | null;
  readonly after: JsonObject;
  readonly user: string;
}

/** How the guard denies an IngressRoute where no TraefikService tells further colors; null when it does not. */
export async function judgeRoute({ group, before, after, user }: RouteChange): Promise<string | null> {
  const answer = await guard({
    uid: 'u1',
    operation: before === null ? 'CREATE' : 'UPDATE',
    group,
    version: 'v1alpha1',
    resource: 'ingressroutes',
    subResource: '',
    namespace: ENFORCED,
    name: 'shop',
    user: { name: user, uid: '', groups: [], extra: {} },
    object: after,
    oldObject: before,
    options: null,
    dryRun: true,
  });
  return answer.verdict === 'denied' ? onOneLine(answer.message) : null;
}

/** A denial of the webhook as a policy has to write it: without line breaks, and without the address of the page. */
function onOneLine(message: string): string {
  const lines = message.split('\n').filter((line) => !line.startsWith('See ') && !/^\d+ findings:$/.test(line));
  const [findings, additions] = [lines.filter(isFinding), lines.filter((line) => !isFinding(line))];
  return [findings.map((line) => line.replace(/^- /, '')).join('; '), ...additions].join('. ');
}

function isFinding(line: string): boolean {
  return /^(?:- )?[a-z]+-[a-z]+: /.test(line);
}
