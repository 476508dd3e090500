import t from 'tap';
import { ANNOTATION, decide, NOTHING_NAMED, previousOf, readRecord } from '../../../webhook/policy/index.ts';
import type { Decision, Facts, Permission } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { annotated, change, checksOf, FACTS, NOON, pairOf, promoted, running, SETTINGS, UNREADABLE } from './build.ts';

const BACKUP = promoted();
const RESTORING = annotated(BACKUP, { [ANNOTATION.restore]: 'the backup of Monday' });

/** The workloads are restored, and no pod is ready yet. */
const STARTING: Facts = { known: true, blue: running(), green: running(), named: NOTHING_NAMED, samePods: null };

function create(object: JsonObject, override: Permission = 'granted', facts: Facts = STARTING): Decision {
  const creation = change(object);
  const permissions = { promote: 'not asked', override } as const;
  return decide({ change: creation, pair: pairOf(creation), facts, permissions, settings: SETTINGS, at: NOON });
}

t.test('a backup with green active is a promotion, and its record is dropped', async (t) => {
  const decision = create(BACKUP);
  t.same(checksOf(decision), ['smoke-test', 'ready-endpoints']);
  t.equal(previousOf(decision.object), null);
});

t.test('a restore brings weights and record back as they were', async (t) => {
  for (const facts of [STARTING, FACTS, UNREADABLE]) {
    const decision = create(RESTORING, 'granted', facts);
    t.same(decision.findings, []);
    t.same(decision.object, RESTORING, 'nothing of it is changed');
    t.same(readRecord(decision.object), readRecord(BACKUP));
    t.equal(previousOf(decision.object), 'blue', 'the way back is there');
    t.equal(decision.switched, null);
    t.equal(decision.override, 'the backup of Monday', 'for the log and the audit log');
    t.same(create(decision.object).object, decision.object, 'completing twice changes nothing');
  }
});

t.test('it needs the verb', async (t) => {
  t.same(checksOf(create(RESTORING, 'denied')), checksOf(create(BACKUP)).concat('permission'));
  t.equal(previousOf(create(RESTORING, 'denied').object), null);
  t.ok(checksOf(create(RESTORING, 'unknown')).includes('permission'));
});

t.test('it counts once: on an object that exists it does nothing', async (t) => {
  const forged = annotated(RESTORING, { [ANNOTATION.previous]: 'green' });
  const update = change(forged, BACKUP);
  const permissions = { promote: 'not asked', override: 'granted' } as const;
  const decision = decide({
    change: update,
    pair: pairOf(update),
    facts: FACTS,
    permissions,
    settings: SETTINGS,
    at: NOON,
  });
  t.equal(previousOf(decision.object), 'blue');
  t.equal(decision.override, null);
});
