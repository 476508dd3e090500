import t from 'tap';
import { effectOf } from './effect.ts';
import { makeFindings } from './findings.ts';
import { readReleases } from './releases.ts';
import { deniedBy, isAboutProduction, isForetold, isUnchecked } from './denial.ts';
import { formatReport } from './report.ts';
import type { Write } from './writes.ts';

const blue = { version: '6.1.5' };
const green = { version: '6.1.6' };

t.test('production is well while the active color alone answers', async (t) => {
  t.equal(effectOf([blue, blue], 'blue'), null);
  t.equal(effectOf([green], 'green'), null);
  t.same(effectOf([blue, green, { status: 404 }, { failed: 'reset' }], 'blue'), {
    what: '404 + no answer + version 6.1.6',
    share: '3 of 4',
  });
});

t.test('a denial names its rules, if it is one of bluegreen', async (t) => {
  t.same(
    deniedBy('admission webhook "mutate.bluegreen.dev" denied the request: weights-total: 60 + 30; smoke-test: green'),
    ['weights-total', 'smoke-test'],
  );
  t.same(deniedBy("ValidatingAdmissionPolicy 'bluegreen' with binding 'bluegreen' denied request: weights-total: 90"), [
    'weights-total',
  ]);
  t.equal(deniedBy('Service "blue" is invalid: spec.ports: Required value'), null);
  t.equal(deniedBy('admission webhook "x.example.com" denied the request: weights-total: no'), null);
});

t.test('a warning foretells what production does, or is about something else', async (t) => {
  t.ok(
    isForetold([
      '299 - "entry-options: blue has strategy hrw: Traefik before 3.4 does not know it and answers 404 for every color"',
    ]),
  );
  t.notOk(isForetold(['299 - "shared-color: another TraefikService sends requests to blue"']));
});

t.test('the webhook says where it had no time', async (t) => {
  const said = 'bluegreen could not check this request and allowed it: the API server did not answer in time';
  t.ok(isUnchecked([`299 - "${said}"`]));
  t.notOk(isUnchecked(['299 - "shared-color: another TraefikService sends requests to blue"']));
});

t.test('a denial of a missing right says nothing about production', async (t) => {
  t.notOk(isAboutProduction(['permission']));
  t.notOk(isAboutProduction([]), 'no denial at all');
  t.ok(isAboutProduction(['permission', 'weights-total']));
});

t.test('equal findings are one, and what contains a smaller one counts for it', async (t) => {
  const [release] = readReleases();
  if (release === undefined) throw new Error('there is no release');
  const gone: Write = { way: 'delete', kind: 'Service', name: 'green', wanted: null };
  const more: Write = { way: 'delete', kind: 'Service', name: 'blue', wanted: null };
  const findings = makeFindings();
  t.notOk(findings.count('broken', '404', release, [gone]), 'unknown so far');
  findings.add('broken', '404', release, [gone]);
  findings.add('broken', '404', release, [gone]);
  t.ok(findings.count('broken', '404', release, [more, gone]));
  t.notOk(findings.count('broken', '503', release, [gone]), 'another effect');
  t.notOk(findings.count('false alarm', '404', release, [gone]));
  t.match(findings.all, [{ count: 3, smallest: 'delete Service green' }]);
});

t.test('the report has every number, and the share of false alarms', async (t) => {
  const counts = {
    accepted: 60,
    unchanged: 5,
    denied: 30,
    invalid: 5,
    broken: 1,
    warned: 5,
    missed: 2,
    once: 4,
    byRule: 12,
    falseAlarms: 3,
  };
  const [release] = readReleases();
  if (release === undefined) throw new Error('there is no release');
  const findings = makeFindings();
  findings.add('broken', '404', release, [{ way: 'delete', kind: 'Service', name: 'green', wanted: null }]);
  const text = formatReport({ seed: 9, counts, findings: findings.all, seconds: 20, failedOpen: { guard: 7 } });
  for (const part of [
    'seed 9: 100 writes in 20 s, 5.0 a second',
    'denied 30',
    'broken 1\n',
    'broken as a warning of the webhook had said 5',
    'the first time only 4',
    'when asked again 2',
    'without an answer: guard 7',
    'false alarms 3, 10.0 %',
    'delete Service green',
  ])
    t.match(text, part);
});
