import t from 'tap';
import { faultsOf, parseLog } from '../../scripts/commits.ts';

function commit(subject: string, body = 'Because it was slow.', author = 'Ada') {
  return { hash: '1234567', author, subject, body };
}

t.test('a subject is an area and an imperative summary', async (t) => {
  for (const subject of [
    'docs: add a glossary',
    'plugin/analysis: share one metrics reader',
    'chart, webhook: embed the version',
    '.ci: run the checks once',
    'policy: process every finding',
  ])
    t.same(faultsOf(commit(subject)), [], subject);
  for (const subject of ['Add a glossary', 'docs add a glossary', 'docs:add', 'docs: '])
    t.same(faultsOf(commit(subject)), ['the subject is not "area: imperative summary"'], subject);
});

t.test('the summary begins with an imperative verb', async (t) => {
  for (const verb of ['added', 'adding', 'adds', 'Fixed', 'uses'])
    t.same(faultsOf(commit(`docs: ${verb} a glossary`)), [`"${verb.toLowerCase()}" is not imperative`]);
});

t.test('a subject has at most 72 characters and no period at its end', async (t) => {
  const long = `docs: ${'x'.repeat(66)}`;
  t.same(faultsOf(commit(long)), []);
  t.same(faultsOf(commit(`${long}x`)), ['the subject has 73 characters; at most 72']);
  t.same(faultsOf(commit(`docs: ${'→'.repeat(66)}`)), [], 'characters, not bytes');
  t.same(faultsOf(commit('docs: add a glossary.')), ['the subject ends with a period']);
});

t.test('a body gives the reason; trailers do not', async (t) => {
  const empty = ['the body is empty: say why'];
  t.same(faultsOf(commit('docs: add a glossary', '')), empty);
  t.same(faultsOf(commit('docs: add a glossary', 'Signed-off-by: Ada <ada@example.com>')), empty);
  t.same(faultsOf(commit('docs: add a glossary', 'It was slow.\n\nCo-authored-by: Bo <bo@example.com>')), []);
});

t.test('every fault of a message is reported', async (t) => {
  t.equal(faultsOf(commit(`Added ${'x'.repeat(80)}.`, '')).length, 4);
});

t.test('a release and an update by Dependabot have messages of their own', async (t) => {
  t.same(faultsOf(commit('0.1.0', '')), []);
  t.same(faultsOf(commit('1.2.3-rc.1', '')), []);
  t.same(faultsOf(commit('Bump yaml from 2.9.0 to 2.9.1', '', 'dependabot[bot]')), []);
});

t.test('the log is read commit by commit, bodies with blank lines too', async (t) => {
  const log = 'a1\u001FAda\u001Fdocs: one\u001FFirst.\n\nSecond.\n\u001E\nb2\u001FBo\u001Fdocs: two\u001F\u001E\n';
  t.same(parseLog(log), [
    { hash: 'a1', author: 'Ada', subject: 'docs: one', body: 'First.\n\nSecond.' },
    { hash: 'b2', author: 'Bo', subject: 'docs: two', body: '' },
  ]);
  t.same(parseLog(''), []);
});
