import { isObject } from '../../../common/json.ts';
import { prepare, prepared } from './prepare.ts';
import type { RunTools } from './run.ts';
import { pathOf, sendByKubectl } from './send.ts';
import type { Row } from './table.ts';
import { requestOf } from './wire.ts';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Makes the state of a row, has kubectl write it, and returns what kubectl sent beside what would be sent without it. */
export async function compared(tools: RunTools, row: Row): Promise<{ sent: Sent | null; expected: Sent | null }> {
  const object = await prepared(tools.client, row, await prepare(tools, row));
  const { said } = await sendByKubectl(tools, row, object, ['-v=8']);
  return { sent: lastWrite(said), expected: asSent(row, requestOf(row, object)) };
}

function asSent(row: Row, request: ReturnType<typeof requestOf>): Sent | null {
  if (request === null) return null;
  const { method, named, query, body } = request;
  return { method, path: pathOf(row, named ? row.name : ''), query, body };
}

/** The body of a request: quoted, a block of lines, or, as kubectl 1.30 writes it, the rest of the line. */
const BODY = /"Request Body" body="((?:[^"\\]|\\.)*)"|"Request Body" body=<\n([^]*?)\n >|\] Request Body: (.*)/g;
/** Its verb and URL, after a word for each or, in kubectl 1.30, without. */
const VERB = /(?:"Request" verb="|\] )(POST|PUT|PATCH|DELETE)(?:" url="| )(https:[^"\s]+)/g;

/** The last request with a body in kubectl's log at level 8. */
function lastWrite(log: string): Sent | null {
  const bodies = [...log.matchAll(BODY)].map(([, quoted, block, line]) =>
    quoted === undefined ? (line ?? (block ?? '').replaceAll(/^\t/gm, '')) : JSON.parse(`"${quoted}"`),
  );
  const verbs = [...log.matchAll(VERB)];
  const body: unknown = JSON.parse(bodies.at(-1) ?? 'null');
  const [, method = '', url = ''] = verbs.at(-1) ?? [];
  if (method === '' || !(isObject(body) || Array.isArray(body))) return null;
  const { pathname, searchParams } = new URL(url);
  return { method, path: pathname, query: Object.fromEntries(searchParams), body };
}
