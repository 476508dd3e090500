import t from 'tap';
import { ApiError } from '../../../common/kube/errors.ts';
import type { JsonObject } from '../../../common/json.ts';
import { follow, pauseAfter } from '../../../plugin/kube/follow.ts';
import { nameOf } from '../../../common/objects.ts';

function pod(name: string, resourceVersion: string): JsonObject {
  return { metadata: { name, resourceVersion } };
}
function event(type: string, object: JsonObject): string {
  return JSON.stringify({ type, object });
}

/** What one watch of the API server gives: lines, and then its end or an error. */
interface Watch {
  readonly lines: readonly string[];
  readonly error?: Error;
}

/** Follows a collection of an API server that answers so, until all of it was asked for; what was heard. */
async function followed(lists: readonly (JsonObject | Error)[], watches: readonly Watch[]) {
  const done = new AbortController();
  const heard: string[] = [];
  const asked: string[] = [];
  const [pages, streams] = [[...lists], [...watches]];
  await follow(
    {
      get: (_, { query }) => {
        asked.push(`list ${query?.['continue'] ?? ''}`.trim());
        const page = pages.shift();
        return page === undefined || page instanceof Error
          ? Promise.reject(page ?? new Error('no list'))
          : Promise.resolve(page);
      },
      lines: async function* (_, { query }) {
        asked.push(`watch ${query?.['resourceVersion'] ?? ''}`);
        const watch = streams.shift();
        if (watch === undefined) done.abort();
        yield* watch?.lines ?? [];
        if (watch?.error !== undefined) throw watch.error;
      },
    },
    '/api/v1/pods',
    {
      onAll: (objects) => void heard.push(`all ${objects.map(nameOf).join(',')}`),
      onObject: (object) => void heard.push(`object ${nameOf(object)}`),
      onDeleted: (object) => void heard.push(`deleted ${nameOf(object)}`),
      onProblem: (error) => void (error instanceof Error && heard.push(`problem ${error.message}`)),
    },
    {
      signal: done.signal,
      keep: (object) => object,
      sleep: () => Promise.resolve(),
      random: () => 0,
      renewed: () => {},
    },
  );
  return { heard, asked };
}

function page(version: string, names: readonly string[], next?: string): JsonObject {
  return { metadata: { resourceVersion: version, continue: next }, items: names.map((name) => pod(name, version)) };
}

t.test('a collection is listed page by page, then watched', async (t) => {
  const { heard, asked } = await followed(
    [page('7', ['a'], 'more'), page('7', ['b'])],
    [{ lines: [event('ADDED', pod('c', '8')), event('DELETED', pod('a', '9'))] }],
  );
  t.strictSame(heard, ['all a,b', 'object c', 'deleted a']);
  t.strictSame(asked.slice(0, 3), ['list', 'list more', 'watch 7']);
});

t.test('a watch that ends or breaks goes on where it was, by bookmarks too', async (t) => {
  const { heard, asked } = await followed(
    [page('7', ['a'])],
    [
      { lines: [event('MODIFIED', pod('a', '8')), event('BOOKMARK', pod('', '20'))] },
      { lines: [], error: new Error('the connection was reset') },
    ],
  );
  t.strictSame(heard, ['all a', 'object a', 'problem the connection was reset']);
  t.strictSame(asked, ['list', 'watch 7', 'watch 20', 'watch 20']);
});

t.test('a version that has expired has the collection listed again', async (t) => {
  const gone = { lines: [event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' })] };
  const { heard, asked } = await followed([page('7', ['a']), page('90', ['b'])], [gone]);
  t.strictSame(heard, ['all a', 'all b']);
  t.strictSame(asked, ['list', 'watch 7', 'list', 'watch 90']);
});

t.test('pages that expire on the way have the whole list read at once', async (t) => {
  const { heard } = await followed(
    [page('7', ['a'], 'more'), new ApiError(410, { message: 'expired' }), page('9', ['a', 'b'])],
    [],
  );
  t.strictSame(heard, ['all a,b']);
});

t.test('what cannot be listed is reported and tried again', async (t) => {
  const { heard } = await followed([new ApiError(403, { message: 'forbidden' }), page('7', ['a'])], []);
  t.strictSame(heard, ['problem forbidden', 'all a']);
});

t.test('the pause doubles up to a quarter of a minute, and no two clients have the same', async (t) => {
  t.strictSame(
    [0, 1, 2, 20].map((failures) => pauseAfter(failures, 1)),
    [0, 500, 1000, 15_000],
  );
  t.equal(pauseAfter(2, 0), 500);
});
