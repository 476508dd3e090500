import t from 'tap';
import { docsLine, findingLine } from '../../../webhook/policy/index.ts';

const PROMOTE = 'Set one to 100 and the other to 0, or run: kubectl bluegreen promote shop -n demo';

function finding(what: string) {
  const detail = `${what}. ${PROMOTE}`;
  return {
    check: 'weights-total',
    severity: 'denied',
    reason: 'weights do not sum to 100',
    detail,
    needs: 'nothing',
  } as const;
}

t.test('a finding is one line, whatever its parts have in them', async (t) => {
  t.equal(findingLine(finding('blue\n60')), `weights-total: blue 60. ${PROMOTE}`);
});

t.test('a long finding keeps the command that fixes it', async (t) => {
  const line = findingLine(finding('many words '.repeat(100)));
  t.ok(line.length <= 300, `${line.length} characters`);
  t.match(line, /^weights-total: many words .*… Set one to 100/);
  t.ok(line.endsWith(PROMOTE));
});

t.test('a command that is too long itself is left out whole', async (t) => {
  const line = findingLine({ ...finding(''), detail: `${'words '.repeat(50)}. Run: kubectl ${'x'.repeat(280)}` });
  t.ok(line.length <= 300, `${line.length} characters`);
  t.notMatch(line, 'kubectl');
});

t.test('the page is named with the check where there is one, and without where there are several', async (t) => {
  t.equal(docsLine(['frozen'], 'https://example.com/docs'), 'See https://example.com/docs/checks.md#frozen');
  t.equal(docsLine(['frozen', 'record'], 'https://example.com/docs'), 'See https://example.com/docs/checks.md');
});
