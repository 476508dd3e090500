import { spawnSync } from 'node:child_process';
import t from 'tap';
import { parseStat, treeTime, watch } from './cpu.ts';

t.test('a process by its line in /proc: the name may look like fields', (t) => {
  const stat = '42 (a) R 7 (b) S 7 42 42 0 -1 4194560 900 0 0 0 12 34 5 6 20 0 11 0 4071 0';
  t.same(parseStat(stat), { pid: 42, parent: 7, ms: 570 });
  t.end();
});

t.test('a process has computed what all below it have, and nothing of others', (t) => {
  const processes = [
    { pid: 1, parent: 0, ms: 1_000 },
    { pid: 7, parent: 1, ms: 100 },
    { pid: 42, parent: 7, ms: 20 },
    { pid: 43, parent: 42, ms: 3 },
    { pid: 8, parent: 1, ms: 500 },
  ];
  t.equal(treeTime(processes, 7), 123);
  t.equal(treeTime(processes, 99), 0, 'one that ended');
  t.end();
});

t.test('what a child computes is counted, before and after it has ended', (t) => {
  const watched = watch(process.pid);
  t.teardown(() => watched.end());
  const busy = 'const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);';
  spawnSync(process.execPath, ['-e', busy]);
  const sum = watched.sum();
  t.ok(process.platform === 'linux' ? sum >= 300 : sum === 0, `${sum} ms`);
  t.ok(watched.sum() >= sum, 'and it goes on');
  t.end();
});
