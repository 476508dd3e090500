import { ANNOTATION, decide, explain, NO_PERMISSION_ASKED } from '../../webhook/policy/index.ts';
import { annotation } from '../../common/json.ts';
import { undoRisks } from '../traefikservice/drift.ts';
import { describeError } from '../kube/errors.ts';
import { commandLine } from '../traefikservice/names.ts';
import { askFacts } from '../switch/preflight.ts';
import { LENIENT } from '../switch/settings.ts';
import { listGoverned, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { lookAtTraefik } from '../production/look.ts';
import type { Seen } from '../production/look.ts';
import { problemTitle } from '../production/problem.ts';
import { problemsOf } from '../production/problems.ts';
import { mayBeUnread } from '../production/unread.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';
import { lookAtPods } from './release-pods.ts';
import { lookAtWeights } from './weights.ts';

const listed = findingsOf('releases-listed');
const { fail } = findingsOf('release-production');
const kept = findingsOf('release-kept');
/** How many releases are looked at together. */
const AT_ONCE = 8;

/** Every governed TraefikService: what of it the policy would deny today, and what would undo a switch. */
export async function lookAtReleases(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const { session, namespace } = context;
  try {
    const [{ found, forbidden }, seen] = await Promise.all([
      listGoverned(session, namespace),
      lookAtTraefik(session, context.traefik, context.io),
    ]);
    const findings: DoctorFinding[] = forbidden.map(({ group, error }) =>
      listed.unknown(`the TraefikServices of ${group} could not be listed`, describeError(error)),
    );
    for (let index = 0; index < found.length; index += AT_ONCE) {
      const some = await Promise.all(found.slice(index, index + AT_ONCE).map((each) => lookAtOne(context, each, seen)));
      findings.push(...some.flat());
    }
    const place = namespace === null ? 'in the cluster' : `in namespace ${namespace}`;
    const weights = await lookAtWeights(context, found);
    return [listed.ok(`blue-green TraefikServices ${place}: ${found.length}`), ...weights, ...findings];
  } catch (error) {
    return [listed.unknown('the TraefikServices could not be listed', describeError(error))];
  }
}

/** One of them. Never rejects. */
export async function lookAtOne(
  { session, io }: Pick<DoctorContext, 'session' | 'io'>,
  found: TraefikServiceRef,
  seen: Seen,
): Promise<readonly DoctorFinding[]> {
  const { group, namespace, name, object, pair } = found;
  const facts = await askFacts(session, found, io);
  const label = `${namespace}/${resourceName(found)}`;
  const { findings, warnings } = decide({
    change: {
      operation: 'UPDATE',
      group,
      namespace,
      name,
      object,
      oldObject: object,
      user: '',
      serverSideApply: false,
    },
    pair,
    facts,
    settings: LENIENT,
    permissions: NO_PERMISSION_ASKED,
    at: io.now().toISOString(),
  });
  const problems = problemsOf(found, facts, { seen, unread: await mayBeUnread(session, found, seen, io) });
  const unguarded = annotation(object, ANNOTATION.unguard);
  const told = [...findings, ...warnings].map(explain);
  return [
    ...problems.map((problem) => fail(`${label}: ${problemTitle(problem)}`, problem.advice)),
    ...(await lookAtPods({ session, io }, found, facts, problems.length > 0)),
    ...(unguarded
      ? [
          findingsOf('release-guarded').warn(
            `${label} is unguarded: ${unguarded}`,
            `The guards do not protect it. To guard it again: ${commandLine('unguard', found, ' --undo')}`,
          ),
        ]
      : []),
    ...told.map((text) =>
      findingsOf('release-findings').warn(
        `${label}: ${text}`,
        `See 'kubectl bluegreen status ${name} -n ${namespace}'.`,
      ),
    ),
    ...undoRisks(object, pair).map(({ certain, text }) =>
      certain
        ? kept.warn(`${label}: a switch would be undone`, text)
        : kept.unknown(`${label}: a sync may undo a switch`, text),
    ),
  ];
}
