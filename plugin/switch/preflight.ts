import { DOCS_URL } from '../../common/docs.ts';
import { gatherFacts } from '../../webhook/facts/gather.ts';
import { gatherNeighbors } from '../../webhook/facts/neighbors.ts';
import {
  decide,
  docsLine,
  findingLine,
  likelyRevisions,
  namedKinds,
  NO_NEIGHBORS,
  NO_PERMISSION_ASKED,
} from '../../webhook/policy/index.ts';
import type { Decision, Facts, Neighbors } from '../../webhook/policy/index.ts';
import type { Io } from '../cli/io.ts';
import type { Write } from '../traefikservice/patches.ts';
import type { Session } from '../cli/session.ts';
import { LENIENT } from './settings.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/** Milliseconds that the cluster has to tell the facts of one release. */
const FACTS_DEADLINE = 10_000;

/** What the cluster says about both colors, now. Never rejects. */
export function askFacts(session: Session, found: TraefikServiceRef, io: Io): Promise<Facts> {
  const query = { ...found, named: namedKinds([found.object]), revisions: likelyRevisions(found.object) };
  return gatherFacts(session.reader, query, deadlineOf(io));
}

/** The other TraefikServices that send requests to its colors, now. Never rejects. */
export function askNeighbors(session: Session, found: TraefikServiceRef, io: Io): Promise<Neighbors> {
  return gatherNeighbors(session.reader, found, deadlineOf(io));
}

function deadlineOf(io: Io): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(FACTS_DEADLINE), io.interrupted]);
}

/** The webhook's own policy on the object as the plan leaves it. Nothing is sent. */
export function judge(
  found: TraefikServiceRef,
  plan: Pick<Write, 'after'>,
  facts: Facts,
  io: Io,
  neighbors = NO_NEIGHBORS,
  permissions = NO_PERMISSION_ASKED,
): Decision {
  return decide({
    change: {
      operation: 'UPDATE',
      group: found.group,
      namespace: found.namespace,
      name: found.name,
      object: plan.after,
      oldObject: found.object,
      user: '',
      serverSideApply: false,
    },
    pair: found.pair,
    facts,
    neighbors,
    permissions,
    settings: LENIENT,
    at: io.now().toISOString(),
  });
}

/** Every finding on a line of its own, as the webhook words them. */
export function findingLines({ findings }: Pick<Decision, 'findings'>): readonly string[] {
  return findings.map((finding) => `  - ${findingLine(finding)}`);
}

/** The address of the page about the checks that found something, as the last line of a denial; empty without findings. */
export function docsLines({ findings }: Pick<Decision, 'findings'>): readonly string[] {
  return findings.length === 0 ? [] : [docsLine([...new Set(findings.map(({ check }) => check))], DOCS_URL)];
}
