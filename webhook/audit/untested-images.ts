import type { Occurrence } from '../events/occurrence.ts';
import type { Finding } from '../policy/index.ts';
import type { Seen } from './inspect.ts';

/** What a new finding tells people by an Event: that the active color runs what was not promoted; null for any other. */
export function untestedImages({ group, namespace, name, uid, since }: Seen, finding: Finding): Occurrence | null {
  if (finding.check !== 'active-workload') return null;
  const subject = { group, namespace, name, uid };
  return { subject, reason: 'UntestedImages', note: finding.detail, key: since, once: true };
}
