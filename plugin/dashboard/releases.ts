import { gatherFacts } from '../../webhook/facts/gather.ts';
import { GROUPS, likelyRevisions, namedKinds } from '../../webhook/policy/index.ts';
import type { Io } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import type { Seen } from '../production/look.ts';
import { buildReport } from '../status/report.ts';
import type { ReportOptions } from '../status/report.ts';
import { governedIn } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { commandLine } from '../traefikservice/names.ts';
import { unseenSwitch, unseenText } from '../traefikservice/unseen.ts';
import { releaseView } from './model.ts';
import type { Store } from './store.ts';
import type { ReleaseView } from './view.ts';

/** A release as it was found, and as it is shown. */
export interface Shown {
  readonly found: TraefikServiceRef;
  readonly view: ReleaseView;
}

/** What views are made of. */
export interface Sources {
  readonly store: Store;
  /** Reads what is stored. */
  readonly session: Session;
  readonly io: Io;
  readonly seen: Seen;
  readonly why: ReportOptions['why'];
  /** Words that every shown command line needs to reach the same cluster. */
  readonly extra: string;
}

/** Command lines about a release. */
export function commandsOf(found: TraefikServiceRef, extra: string): (verb: string, more?: string) => string {
  return (verb, more = '') => commandLine(verb, found, `${more}${extra}`);
}

/** The releases of a namespace, as they are shown now. */
export async function releasesIn(sources: Sources, namespace: string): Promise<readonly Shown[]> {
  const { store } = sources;
  const refs = await Promise.all(
    GROUPS.flatMap((group) =>
      store
        .in(`traefikservices.${group}`, namespace)
        .map((object) =>
          governedIn({ group, namespace, object }, async (name) => store.get('services', namespace, name) !== null),
        ),
    ),
  );
  return Promise.all(refs.flatMap((found) => (found === null ? [] : [show(sources, found)])));
}

async function show({ session, io, seen, why, extra }: Sources, found: TraefikServiceRef): Promise<Shown> {
  const query = { ...found, named: namedKinds([found.object]), revisions: likelyRevisions(found.object) };
  const facts = await gatherFacts(session.reader, query, io.interrupted);
  const status = await buildReport(session, found, facts, { io, seen, why });
  const unseen = unseenSwitch(found);
  const view = releaseView({
    id: `${found.namespace}/${found.group}/${found.name}`,
    status,
    command: commandsOf(found, extra),
    unseen: unseen === null ? null : unseenText(unseen, io.now()),
  });
  return { found, view };
}
