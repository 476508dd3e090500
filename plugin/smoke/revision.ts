import { otherColor, sameImages, settledRevision, stateOf } from '../../webhook/policy/index.ts';
import type { Color, Facts, Revision } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { UserError } from '../kube/errors.ts';
import { commandLine } from '../traefikservice/names.ts';
import { askFacts } from '../switch/preflight.ts';
import type { Session } from '../cli/session.ts';
import { readAgain, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/** The preview and what it ran at one moment. */
export interface Snapshot {
  readonly found: TraefikServiceRef;
  readonly preview: Color;
  /** Null for a Service without a selector: its revision is unknown. */
  readonly revision: Revision | null;
  readonly facts: Facts;
}

/** What the preview runs now, as it is stored now. Throws a UserError where that is not one settled, ready revision. */
export async function takeSnapshot(call: Call, session: Session, given: TraefikServiceRef): Promise<Snapshot> {
  const object = await readAgain(session.client, given, { signal: call.io.interrupted });
  const found = { ...given, object };
  const { active } = stateOf(object, found.pair);
  if (active === null) {
    throw new UserError(`${resourceName(found)} lists neither ${found.pair.blue} nor ${found.pair.green}`);
  }
  const preview = otherColor(active);
  const facts = await askFacts(session, found, call.io);
  call.io.interrupted.throwIfAborted();
  if (!facts.known)
    throw new UserError(`what ${found.pair[preview]} runs could not be read: ${facts.reason}. Try again`);
  const color = facts[preview];
  if (color.service?.hasSelector === false) return { found, preview, revision: null, facts };
  const settled = settledRevision(color, found.pair[preview]);
  const deploy = `To bring it up and wait for it: ${commandLine('deploy', found)}`;
  if ('unsettled' in settled) throw new UserError(`nothing to test yet: ${settled.unsettled}. ${deploy}`);
  if (color.readyEndpoints === 0) {
    throw new UserError(`nothing to test yet: no pod behind Service ${found.pair[preview]} is ready. ${deploy}`);
  }
  return { found, preview, revision: settled.revision, facts };
}

/** What changed between two looks, in words; null where the very same revision is the preview. */
export function changeBetween(before: Snapshot, after: Snapshot): string | null {
  if (before.preview !== after.preview) return `${before.preview} became active meanwhile`;
  if (before.revision === null || after.revision === null) return null;
  const service = before.found.pair[before.preview];
  if (before.revision.name !== after.revision.name) {
    return `the pods behind ${service} changed meanwhile, from revision ${before.revision.name} to ${after.revision.name}`;
  }
  const same = (['images', 'imageIDs'] as const).every((key) => {
    const [was, is] = [before.revision?.[key] ?? [], after.revision?.[key] ?? []];
    return sameImages(was, is);
  });
  if (same) return null;
  return `the pods behind ${service} run other images than before, under the same revision ${after.revision.name}`;
}
