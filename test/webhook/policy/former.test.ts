// What promotions replaced stays in the record, so that it can be deployed again.
import t from 'tap';
import { ANNOTATION, readRecord } from '../../../webhook/policy/index.ts';
import { parseObject, annotation } from '../../../common/json.ts';
import { annotated, change, FACTS, NOON, promoted, reweighted, revision, running, stored, withColor } from './build.ts';

const BLUE = { 'shop-blue': 100, 'shop-green': 0 };
const GREEN = { 'shop-blue': 0, 'shop-green': 100 };

t.test('a promotion adds what it replaced; a rollback adds nothing', (t) => {
  const object = promoted();
  const { former, previous } = readRecord(object);
  t.match(former, [{ color: 'blue', images: previous?.images, until: NOON }]);
  const back = stored(change(reweighted(object, BLUE), object));
  t.same(readRecord(back).former, former);
  t.end();
});

t.test('the last five versions are kept, each once, and an older webhook’s record has none', (t) => {
  let object = promoted();
  let facts = FACTS;
  for (let round = 0; round < 8; round += 1) {
    const to = round % 2 === 0 ? 'blue' : 'green';
    facts = withColor(facts, to, running(revision(`r${round}`, `7.${round}`)));
    const attested = annotated(object, { [ANNOTATION.smokeTest]: `passed:r${round}` });
    const tested = stored(change(attested, object), facts);
    object = stored(change(reweighted(tested, to === 'blue' ? BLUE : GREEN), tested), facts);
  }
  t.same(
    readRecord(object).former.map(({ images }) => images),
    [['podinfo:7.2'], ['podinfo:7.3'], ['podinfo:7.4'], ['podinfo:7.5'], ['podinfo:7.6']],
  );
  const known = parseObject(annotation(object, ANNOTATION.record)) ?? {};
  const { former: _, ...old } = known;
  t.same(readRecord(annotated(object, { [ANNOTATION.record]: JSON.stringify(old) })).former, []);
  t.same(Object.keys(old).sort(), ['active', 'history', 'previous'], 'what a plugin of before reads is as it was');
  t.end();
});
