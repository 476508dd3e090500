import type { JsonObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';
import { isReady, nameOf } from '../../common/objects.ts';
import { readRecord } from '../../webhook/policy/index.ts';
import { labelsAt, selectorOf, selects } from '../../webhook/facts/selector.ts';
import { troubleOf } from '../pods/trouble.ts';
import type { DoctorFinding } from '../doctor/finding.ts';
import { shortImages } from '../traefikservice/names.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { kindOf } from '../traefikservice/history.ts';
import { unseenEntry, unseenSwitch } from '../traefikservice/unseen.ts';
import { colorOf, toColor } from './model.ts';
import type { Store } from './store.ts';
import type { ColorName, DangerView, DetailView, HistoryView, PodView, ReleaseView, StepView } from './view.ts';

type Commands = (verb: string, extra?: string) => string;

/** What the page about one release shows beside its view. */
export function detailOf(
  store: Store,
  found: TraefikServiceRef,
  view: ReleaseView,
  dangers: readonly DoctorFinding[],
  command: Commands,
): DetailView {
  return {
    id: view.id,
    pods: { blue: podsOf(store, found, 'blue'), green: podsOf(store, found, 'green') },
    history: historyOf(found, view),
    dangers: dangersOf(dangers),
    steps: stepsOf(view, command),
  };
}

/** What is not well of what doctor found. */
export function dangersOf(findings: readonly DoctorFinding[]): readonly DangerView[] {
  return findings.flatMap(({ state, title, advice }) => (state === 'ok' ? [] : [{ state, title, advice }]));
}

function podsOf(store: Store, { namespace, pair }: TraefikServiceRef, color: ColorName): readonly PodView[] {
  const selector = selectorOf(store.get('services', namespace, pair[color]));
  if (selector === null) return [];
  const pods = store.in('pods', namespace).filter((pod) => selects(selector, labelsAt(pod, 'metadata', 'labels')));
  return pods.map(podView).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function podView(pod: JsonObject): PodView {
  const name = nameOf(pod);
  if (stringAt(pod, 'metadata', 'deletionTimestamp') !== undefined) return { name, state: 'ending', reason: null };
  if (isReady(pod)) return { name, state: 'ready', reason: null };
  const trouble = troubleOf(pod);
  if (trouble === null) return { name, state: 'starting', reason: null };
  return { name, state: trouble.unready ? 'starting' : 'failed', reason: trouble.text };
}

/** Newest first. */
function historyOf(found: TraefikServiceRef, { status: { analysis } }: ReleaseView): readonly HistoryView[] {
  const unseen = unseenSwitch(found);
  const entries = [...readRecord(found.object).history, ...(unseen === null ? [] : [unseenEntry(unseen)])];
  return entries.toReversed().map((entry, index) => {
    const { from, to, at, by, images, override, checks = [], manager } = entry;
    const why = [
      ...(override === null ? [] : [`override: ${override}`]),
      ...(checks.length === 0 ? [] : [`let through: ${checks.join(', ')}`]),
      ...(manager === undefined ? [] : [`written by "${manager}" while the webhook was away`]),
      ...(index === 0 && analysis !== null ? [`analysis ${analysis.phase}: ${analysis.reason}`] : []),
    ].join('; ');
    return { kind: kindOf(entry), from, to, at, by, version: images.length === 0 ? '' : shortImages(images), why };
  });
}

/** The steps of a release, with why each cannot be taken yet. */
function stepsOf({ status }: ReleaseView, command: Commands): readonly StepView[] {
  const active = colorOf(status, status.active);
  const next = colorOf(status, status.promote.to);
  const untested = status.promote.reasons.filter((reason) => reason.startsWith('smoke-test:'));
  const others = status.promote.reasons.filter((reason) => !untested.includes(reason));
  const differs = next !== undefined && active !== undefined && shortImages(next.images) !== shortImages(active.images);
  const deployed = differs && status.rollback.to !== next.color;
  const tested = next?.smokeTest.passed === true;
  const kept = status.rollback.to !== null;
  const { analysis } = status;
  return [
    {
      name: 'Deploy',
      state: deployed ? 'done' : 'next',
      command: command('deploy', ' --image CONTAINER=IMAGE'),
      notes: deployed
        ? [`${next.color} runs ${shortImages(next.images)}`]
        : kept
          ? [`${status.rollback.to} is kept for a rollback, which a deployment makes impossible`]
          : [],
    },
    {
      name: 'Test',
      state: tested ? 'done' : deployed ? 'next' : 'waiting',
      command: command('smoke', ' --path /'),
      notes: tested ? [] : untested,
    },
    {
      name: 'Promote',
      state: status.promote.possible ? 'next' : 'waiting',
      command: command('promote', toColor(status.promote.to)),
      notes: others,
    },
    {
      name: 'Analyze',
      state: !kept ? 'waiting' : analysis?.phase === 'Successful' ? 'done' : 'next',
      command: command('analyze', ' --for 5m --max-error-rate 1%'),
      notes: analysis === null ? [] : [`${analysis.phase}: ${analysis.reason}`],
    },
    {
      name: 'Decommission',
      state: kept ? 'next' : 'waiting',
      command: command('decommission'),
      notes: kept ? [] : ['there is no previous version'],
    },
  ];
}
