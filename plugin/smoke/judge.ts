import { parseJson } from '../../common/json-paths.ts';
import { shortLine } from '../printers/line.ts';
import { printJsonpath } from '../printers/jsonpath.ts';
import type { Check } from './check.ts';

/** The answer to one request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  /** Milliseconds until the body's end. */
  readonly latency: number;
}

/** Characters of a body that a reason shows. */
const SHOWN = 80;

/** Everything that is wrong with an answer, in words for a person; empty for a good one. */
export function judge(check: Check, answer: Answer): readonly string[] {
  return [
    ...(check.status.includes(answer.status) ? [] : [`status ${answer.status}, not ${check.status.join(' or ')}`]),
    ...check.contains
      .filter((part) => !answer.body.includes(part))
      .map((part) => `the body does not contain "${part}": ${shown(answer.body)}`),
    ...check.matches
      .filter((pattern) => !new RegExp(pattern).test(answer.body))
      .map((pattern) => `the body does not match /${pattern}/: ${shown(answer.body)}`),
    ...jsonProblems(check, answer.body),
    ...headerProblems(check, answer.headers),
    ...(check.maxLatency !== null && answer.latency > check.maxLatency
      ? [`took longer than ${check.maxLatency} ms`]
      : []),
  ];
}

function shown(body: string): string {
  return shortLine(body, SHOWN) || 'it is empty';
}

function jsonProblems({ json }: Check, body: string): readonly string[] {
  const wanted = Object.entries(json);
  if (wanted.length === 0) return [];
  const document = parsed(body);
  if (document === null) return [`the body is not JSON: ${shown(body)}`];
  return wanted.flatMap(([path, value]) => {
    const found = printJsonpath({ answer: document }, inAnswer(path));
    return found === value
      ? []
      : [`${path} is ${found === '' ? 'not there' : `"${shortLine(found, SHOWN)}"`}, not "${value}"`];
  });
}

/** The document may be a list or a plain value, which has no paths of its own. */
function inAnswer(path: string): string {
  const inner = path.replace(/^\{(.*)\}$/s, '$1').replace(/^\$/, '');
  return `{.answer${inner === '.' ? '' : inner.startsWith('.') || inner.startsWith('[') ? inner : `.${inner}`}}`;
}

function parsed(body: string): ReturnType<typeof parseJson> {
  try {
    return parseJson(body);
  } catch {
    return null;
  }
}

function headerProblems({ answerHeaders }: Check, headers: Answer['headers']): readonly string[] {
  return Object.entries(answerHeaders).flatMap(([name, wanted]) => {
    const given = headers[name.toLowerCase()];
    const value = given === undefined ? undefined : [given].flat().join(', ');
    if (value?.includes(wanted)) return [];
    return [`header ${name} is ${value === undefined ? 'not there' : `"${value}"`}, without "${wanted}"`];
  });
}
