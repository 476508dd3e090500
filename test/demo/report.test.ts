// What the demo fails for, and what it only tells.
import t from 'tap';
import { makeReport, printReport } from './report.ts';
import type { ReportInput } from './report.ts';
import type { SwitchReport } from './stage.ts';
import type { Sample } from './traffic.ts';

function answer(version: string): Sample {
  return { started: 0, ended: 1, version, failure: null };
}

const PROMOTED: SwitchReport = {
  command: 'kubectl bluegreen promote bluegreen-wrr -n demo-bluegreen',
  from: 'blue',
  to: 'green',
  moved: true,
  took: 320,
  firstNew: 260,
  lastOld: 284,
  failed: 0,
};
const ROLLED_BACK: SwitchReport = {
  ...PROMOTED,
  command: 'kubectl bluegreen rollback bluegreen-wrr -n demo-bluegreen',
  from: 'green',
  to: 'blue',
};
const PATCH = 'kubectl patch traefikservice.traefik.io/bluegreen-wrr -n demo-bluegreen --type=json -p=[]';

function input(given: Partial<ReportInput> = {}): ReportInput {
  return {
    samples: [answer('6.1.5'), answer('6.1.6')],
    switches: [PROMOTED, ROLLED_BACK],
    references: [{ ...PROMOTED, command: PATCH, lastOld: 121 }],
    recoveries: [],
    problems: [],
    setup: { Kubernetes: 4200 },
    ...given,
  };
}

t.test('a demo in which everything went right has no problem and says so', async (t) => {
  const report = makeReport(input());
  t.same(report.problems, []);
  t.equal(report.slowMachine, false);
  t.match(
    printReport(report),
    'Every bad apply was denied, every switch moved all traffic, the bad release rolled itself back',
  );
});

t.test('a single failed request fails the demo, with its kind', async (t) => {
  const samples = [answer('6.1.5'), { ...answer('6.1.6'), version: null, failure: 'status 503' }];
  const report = makeReport(input({ samples }));
  t.match(report, { requests: 2, failed: 1, failures: { 'status 503': 1 } });
  t.same(report.problems, ['1 requests of customers failed: {"status 503":1}']);
  t.match(printReport(report), 'NOT AS IT SHOULD BE:\n- 1 requests of customers failed');
});

t.test('answers 500 of a bad version are excused until it is rolled back, and nothing else', async (t) => {
  const bad = { ...answer('6.1.7'), version: null, failure: 'status 500' };
  const samples = [5, 15, 25].map((started) => ({ ...bad, started }));
  const recovery = { command: 'kubectl bluegreen release', begun: 10, over: 20, moved: true };
  const report = makeReport(input({ samples, recoveries: [recovery] }));
  t.match(report, { requests: 3, failed: 2, answered500: 1, failures: { 'status 500': 2 } });
  const lost = { ...bad, started: 15, failure: 'status 503' };
  t.match(makeReport(input({ samples: [lost], recoveries: [recovery] })), { failed: 1, answered500: 0 });
});

t.test('a bad version that stays fails the demo', async (t) => {
  const recovery = { command: 'kubectl bluegreen release', begun: 10, over: 20, moved: false };
  t.same(makeReport(input({ recoveries: [recovery] })).problems, [
    'kubectl bluegreen release: the traffic did not come back',
  ]);
});

t.test('a bad apply that got through fails the demo', async (t) => {
  const report = makeReport(input({ problems: ['kubectl apply -f sum-90.yaml was not denied'] }));
  t.same(report.problems, ['kubectl apply -f sum-90.yaml was not denied']);
  t.match(printReport(report), '- kubectl apply -f sum-90.yaml was not denied');
});

t.test('a switch that did not happen fails the demo, by the plugin and by kubectl patch', async (t) => {
  const stuck = { moved: false, firstNew: Number.POSITIVE_INFINITY, lastOld: 60_000 };
  const byPlugin = makeReport(input({ switches: [{ ...PROMOTED, ...stuck }] }));
  t.same(byPlugin.problems, [`${PROMOTED.command}: the traffic did not move from blue to green`]);
  t.match(printReport(byPlugin), /^promote .* never +60000 ms /m);
  const byPatch = makeReport(input({ references: [{ ...PROMOTED, ...stuck, command: PATCH }] }));
  t.same(byPatch.problems, [`${PATCH}: the traffic did not move from blue to green`]);
});

t.test('a switch that took long is no failure, and a slow machine is named', async (t) => {
  const slow = { took: 4800, firstNew: 4100, lastOld: 4700 };
  const quickPatch = makeReport(input({ switches: [{ ...PROMOTED, ...slow }] }));
  t.same(quickPatch.problems, []);
  t.equal(quickPatch.slowMachine, false, 'the machine is not to blame where kubectl patch was quick');
  t.notMatch(printReport(quickPatch), 'slow');
  const slowPatch = makeReport(input({ references: [{ ...PROMOTED, ...slow, command: PATCH }] }));
  t.same(slowPatch.problems, []);
  t.equal(slowPatch.slowMachine, true);
  t.match(printReport(slowPatch), 'This machine is slow: kubectl patch itself took more than a second');
});

t.test('every switch stands beside kubectl patch in the same direction', async (t) => {
  const references = [
    { ...ROLLED_BACK, command: PATCH, lastOld: 97 },
    { ...PROMOTED, command: PATCH, lastOld: 121 },
  ];
  const lines = printReport(makeReport(input({ references }))).split('\n');
  t.match(lines[1], /^SWITCH +FROM +TO +COMMAND +FIRST NEW +LAST OLD +BY KUBECTL PATCH +FAILED$/);
  t.match(lines[2], /^promote +blue +green +320 ms +260 ms +284 ms +121 ms +0$/);
  t.match(lines[3], /^rollback +green +blue +320 ms +260 ms +284 ms +97 ms +0$/);
  t.match(printReport(makeReport(input({ references: [] }))), /^promote .* 284 ms +<none> +0$/m);
});
