import { freezeOf, freezeValue, previousOf, readRecord, readSmokeTest, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Call, Command } from '../cli/command.ts';
import { ALL_NAMESPACES_FLAG, OUTPUT_FLAG, SELECTOR_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { UsageError } from '../kube/errors.ts';
import { parseJson, stringAt } from '../../common/json-paths.ts';
import { shortImages } from '../traefikservice/names.ts';
import { checkFormat, printObject } from '../printers/object.ts';
import { printJsonpath } from '../printers/jsonpath.ts';
import { ageOf, formatTable } from '../printers/table.ts';
import { showLive } from '../printers/live.ts';
import type { Session } from '../cli/session.ts';
import { listGoverned, resourceName } from '../traefikservice/find.ts';
import type { Listing, TraefikServiceRef } from '../traefikservice/find.ts';
import { readOutcome } from '../traefikservice/analysis-outcome.ts';
import { lookAtTraefik, UNSEEN } from '../production/look.ts';
import { problemsOfAll } from '../production/many.ts';
import type { Finding } from '../production/many.ts';
import { problemLine } from '../production/problem.ts';
import { flow } from '../printers/flow.ts';
import { isSplit, sharesOf, sharesText } from '../traefikservice/shares.ts';
import type { Paint } from '../cli/paint.ts';
import { unseenSwitch, unseenText } from '../traefikservice/unseen.ts';
import { warn } from '../cli/warn.ts';
import { butForbidden } from '../traefikservice/groups.ts';

interface Looked {
  readonly listing: Listing;
  readonly findings: readonly Finding[];
}

const COLUMNS = ['NAME', 'ACTIVE', 'BLUE', 'GREEN', 'VERSION', 'ROLLBACK-TO', 'SMOKE-TEST', 'FROZEN'];

export const list: Command = {
  name: 'list',
  usage: '',
  summary: 'List the blue-green TraefikServices',
  description: `List the blue-green TraefikServices of a namespace, or of all: the active color, the weights, the color of a rollback. A
production that is split or answers no request is reported first. 'kubectl bluegreen status' also reads pods and endpoints.`,
  examples: [
    { comment: 'Of the whole cluster', command: 'kubectl bluegreen list -A' },
    {
      comment: 'What is active everywhere, for a script',
      command: `kubectl bluegreen list -A -o jsonpath='{range .items[*]}{.metadata.name} {.status.active}{"\\n"}{end}'`,
    },
    { comment: 'With their Services and who switched last', command: 'kubectl bluegreen list -o wide' },
  ],
  flags: [
    { name: 'watch', short: 'w', type: 'boolean', help: 'Redraw the list as it changes.' },
    ALL_NAMESPACES_FLAG,
    SELECTOR_FLAG,
    {
      name: 'sort-by',
      type: 'text',
      help: 'Sort by this field, as a JSONPath expression (e.g. .metadata.creationTimestamp).',
    },
    { name: 'no-headers', type: 'boolean', help: "Don't print headers." },
    OUTPUT_FLAG,
    ...WAIT_FLAGS.filter((flag) => flag.name === 'traefik'),
  ],
  arguments: { min: 0, max: 0 },
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const session = await call.connect();
    const everywhere = call.flags.boolean('all-namespaces');
    const namespace = everywhere ? null : session.namespace;
    if (call.flags.boolean('watch')) return watch(call, session, namespace);
    const { listing, findings } = await look(call, session, namespace);
    print(call, listing, findings, session.namespace);
    return EXIT.ok;
  },
};

function watch(call: Call, session: Session, namespace: string | null): Promise<number> {
  const format = call.flags.text('output') ?? '';
  if (format !== '' && format !== 'wide')
    throw new UsageError('--watch shows a table: leave --output out, or use wide');
  return showLive(call, async () => {
    const { listing, findings } = await look(call, session, namespace);
    const { found } = listing;
    const versions = found.map(({ object }) => stringAt(object, 'metadata', 'resourceVersion'));
    const text = `${problemLines(call, findings, call.paint.out)}${table(call, found, namespace === null, format === 'wide')}`;
    return { text, key: [...versions, ...findings.map(({ problem }) => problem.text)].join() };
  });
}

/** The TraefikServices, and what is wrong with their production as Traefik serves it. */
async function look(call: Call, session: Session, namespace: string | null): Promise<Looked> {
  const { flags, io } = call;
  const forPeople = ['', 'wide'].includes(flags.text('output') ?? '');
  const [listing, seen] = await Promise.all([
    listGoverned(session, namespace, flags.text('selector') ?? null),
    forPeople ? lookAtTraefik(session, flags.text('traefik'), io) : UNSEEN,
  ]);
  const sorted = { ...listing, found: sortedBy(listing.found, flags.text('sort-by')) };
  return { listing: sorted, findings: await problemsOfAll(session, listing.found, { namespace, seen, io }) };
}

function print(call: Call, listing: Listing, findings: readonly Finding[], namespace: string): void {
  const { found } = listing;
  const everywhere = call.flags.boolean('all-namespaces');
  const format = call.flags.text('output') ?? '';
  const { out, err } = call.io;
  if (format === 'name') out.write(found.map((item) => `${resourceName(item)}\n`).join(''));
  else if (format !== '' && format !== 'wide') {
    const all = {
      apiVersion: 'v1',
      kind: 'List',
      metadata: { resourceVersion: '' },
      items: found.map((item) => withStatus(item, call.io.now())),
    };
    const printed = printObject(all, '', format);
    const headless = format.startsWith('custom-columns=') && call.flags.boolean('no-headers');
    out.write(headless ? withoutHeader(printed) : printed);
  } else if (found.length === 0) {
    const nothing = everywhere ? 'No resources found' : `No resources found in ${namespace} namespace`;
    const end = everywhere && listing.forbidden.length === 0 ? '' : '.';
    err.write(`${nothing}${butForbidden(listing)}${end}\n`);
  } else {
    err.write(problemLines(call, findings, call.paint.err));
    for (const item of found) {
      const unseen = unseenSwitch(item);
      if (unseen !== null) warn(call, `${resourceName(item)}: ${unseenText(unseen, call.io.now())}`);
    }
    out.write(table(call, found, everywhere, format === 'wide'));
  }
}

/** A TraefikService as the API server has it, and what its annotations and weights say as an object for programs. */
function withStatus({ object, pair }: TraefikServiceRef, now: Date): JsonObject {
  const freeze = freezeOf(object, now.toISOString());
  const { active, blue, green } = stateOf(object, pair);
  const status = parseJson(
    JSON.stringify({
      active,
      previous: previousOf(object),
      services: pair,
      weights: { blue: blue?.weight ?? null, green: green?.weight ?? null },
      frozen: freeze === null ? null : freezeValue(freeze),
      smokeTest: readSmokeTest(object),
      analysis: readOutcome(object),
      record: readRecord(object),
    }),
  );
  return { ...object, status: status ?? null };
}

/** Sorted as `kubectl get --sort-by` does: by number where both values are numbers. Throws a UsageError for no JSONPath. */
function sortedBy(found: readonly TraefikServiceRef[], path: string | undefined): readonly TraefikServiceRef[] {
  if (path === undefined) return found;
  const keyed = found.map((item) => ({ item, key: printJsonpath(item.object, path) }));
  return keyed.sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true })).map(({ item }) => item);
}

/** What is wrong with production, a line each. */
function problemLines({ io }: Call, findings: readonly Finding[], paint: Paint): string {
  const lines = findings.map(({ found, problem }) =>
    flow(`${resourceName(found)} in namespace ${found.namespace}: ${problemLine(problem)}`, io.out.columns?.()),
  );
  return lines.map((line) => `${paint.bad(line)}\n`).join('');
}

function table(call: Call, found: readonly TraefikServiceRef[], everywhere: boolean, wide: boolean): string {
  const header = [
    ...(everywhere ? ['NAMESPACE'] : []),
    ...COLUMNS,
    ...(wide ? ['SERVICES', 'BY', 'GROUP'] : []),
    'AGE',
  ];
  const rows = found.map((item) => [...(everywhere ? [item.namespace] : []), ...row(call, item, wide)]);
  const text = formatTable(header, rows);
  return call.flags.boolean('no-headers') ? withoutHeader(text) : text;
}

function withoutHeader(lines: string): string {
  return lines.slice(lines.indexOf('\n') + 1);
}

function row(call: Call, item: TraefikServiceRef, wide: boolean): readonly string[] {
  const { object, pair } = item;
  const paint = call.paint.out;
  const state = stateOf(object, pair);
  const active = readRecord(object).active;
  const current = active?.color === state.active ? active : null;
  const test = readSmokeTest(object);
  const previous = previousOf(object);
  const unseen = unseenSwitch(item);
  return [
    item.name,
    activeCell(item, paint),
    weightCell(item, 'blue'),
    weightCell(item, 'green'),
    shortImages(current?.images ?? []),
    previous ?? '<none>',
    test === null || test.color === state.active ? '<none>' : `${test.color}:passed`,
    freezeOf(object, call.io.now().toISOString()) === null ? 'false' : paint.warn('true'),
    ...(wide ? [`${pair.blue},${pair.green}`, current?.by ?? unseen?.manager ?? '<unknown>', item.group] : []),
    // Since the last switch where that is known, else since the object was made.
    ageOf(current?.since ?? unseen?.at ?? stringAt(object, 'metadata', 'creationTimestamp'), call.io.now()),
  ];
}

/** What serves production; without blanks, as every cell. */
function activeCell(item: TraefikServiceRef, paint: Paint): string {
  const { active } = stateOf(item.object, item.pair);
  const shares = sharesOf(item);
  if (active === null || shares === null) return active === null ? '<none>' : paint.bad('<nothing>');
  if (!isSplit(shares)) return paint.color(active);
  const cell = sharesText(shares)
    .replaceAll(/ (?=[\d<>])/g, ':')
    .replaceAll(' ', ',');
  return paint.bad(`SPLIT(${cell})`);
}

function weightCell({ object, pair }: TraefikServiceRef, color: Color): string {
  const child = stateOf(object, pair)[color];
  if (child === null) return '<detached>';
  return typeof child.weight === 'number' ? String(child.weight) : `<${child.weight}>`;
}
