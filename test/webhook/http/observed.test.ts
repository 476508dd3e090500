// What the metrics and the log have of requests.
import t from 'tap';
import { createLog } from '../../../webhook/telemetry/log.ts';
import type { Answer } from '../../../webhook/admission/types.ts';
import { WEBHOOKS } from '../../../webhook/admission/webhooks.ts';
import { ALLOWED, review, testServer } from '../parts.ts';

async function counted(answer: Answer, requests: readonly [webhook: string, dryRun: boolean][]) {
  const { server, announced } = testServer(answer);
  for (const [webhook, dryRun] of requests)
    await server.inject({ method: 'POST', url: `/${webhook}`, payload: review({ dryRun }) });
  return { body: (await server.inject('/metrics')).body, announced };
}

t.test(
  'findings are counted by check and what came of them, switches and overrides once, dry runs not at all',
  async (t) => {
    const denied = await counted(
      { ...ALLOWED, verdict: 'denied', reason: 'Forbidden', message: 'no', checks: ['weights-total', 'smoke-test'] },
      [
        ['mutate/enforce', false],
        ['promotion/enforce', false],
        ['mutate/enforce', true],
      ],
    );
    for (const check of ['weights-total', 'smoke-test'])
      t.match(
        denied.body,
        `bluegreen_request_findings_total{check="${check}",operation="UPDATE",mode="enforce",outcome="denied"} 2`,
      );
    t.equal(denied.announced.length, 2, 'nor are dry runs announced');

    const everywhere = WEBHOOKS.map((webhook): [string, boolean] => [`${webhook}/warn`, false]);
    const switched = await counted(
      { ...ALLOWED, switched: { kind: 'promotion', from: 'blue', to: 'green' } },
      everywhere.slice(0, 2),
    );
    t.match(switched.body, 'bluegreen_switches_total{kind="promotion"} 1');
    t.match(switched.body, 'bluegreen_switches_total{kind="rollback"} 0', 'a series is there before its first event');

    const passed = await counted({ ...ALLOWED, checks: ['active-route'], warnings: ['one', 'two'] }, everywhere);
    t.match(
      passed.body,
      'bluegreen_request_findings_total{check="active-route",operation="UPDATE",mode="warn",outcome="allowed"} 2',
    );
    t.match(passed.body, 'bluegreen_warnings_total{webhook="guard"} 2');

    const broken = await counted({ ...ALLOWED, checks: ['frozen'], override: 'incident 42' }, everywhere);
    t.match(broken.body, 'check="frozen",operation="UPDATE",mode="warn",outcome="overridden"} 2');
    t.match(broken.body, 'bluegreen_overrides_total{webhook="mutate"} 1');
    t.match(broken.body, 'bluegreen_overrides_total{webhook="promotion"} 0');
  },
);

t.test(
  'the log has a line for what was denied, moved or broken through, none at info for the rest, and no object',
  async (t) => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line: string) => void lines.push(line) });
    const answers: readonly Answer[] = [
      ALLOWED,
      { ...ALLOWED, switched: { kind: 'rollback', from: 'green', to: 'blue' } },
      { ...ALLOWED, verdict: 'denied', reason: 'Forbidden', message: 'because', checks: ['frozen'] },
      { ...ALLOWED, checks: ['frozen'], override: 'incident 42' },
      { ...ALLOWED, checks: ['frozen'] },
      { ...ALLOWED, verdict: 'errored', code: 500, message: 'a bug' },
    ];
    const object = { metadata: { annotations: { password: 'not for the log' } } };
    for (const answer of answers) {
      const { server } = testServer(answer, { log });
      await server.inject({ method: 'POST', url: '/mutate/enforce', payload: review({ dryRun: true, object }) });
    }
    t.notMatch(lines.join(''), 'not for the log');
    const said = lines.map((line): unknown => JSON.parse(line));
    t.match(said, [
      {
        level: 'info',
        message: 'switch allowed',
        switch: { kind: 'rollback' },
        user: 'ada',
        name: 'shop',
        dryRun: true,
      },
      {
        level: 'info',
        message: 'denied',
        verdict: 'denied',
        checks: ['frozen'],
        statusMessage: 'because',
        namespace: 'demo',
      },
      { level: 'warn', message: 'overridden', override: 'incident 42', checks: ['frozen'] },
      { level: 'info', message: 'allowed, would be denied', verdict: 'allowed', checks: ['frozen'] },
      { level: 'error', message: 'could not decide', verdict: 'errored', statusMessage: 'a bug' },
    ]);
    t.equal(said.length, 5);
  },
);
