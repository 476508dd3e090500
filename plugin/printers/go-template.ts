import { isObject, list } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { evaluate, goText, invalid, isTrue } from './go-values.ts';
import type { Scope } from './go-values.ts';

/**
 * Go's templates as far as scripts use them with kubectl: `{{.a.b}}`, variables, pipelines, `range`, `if`, `with`, `else`,
 * trim markers and comments, and the functions `index`, `len`, `print`, `println`, `printf`, `eq`, `ne`, `lt`, `le`, `gt`,
 * `ge`, `and`, `or`, `not` and `base64decode`. The rest is denied.
 */
export function printGoTemplate(object: JsonObject, template: string): string {
  const nodes = parse(template);
  return render(nodes, { dot: object, variables: new Map([['$', object]]) });
}

/** Throws a UsageError for a template that cannot be used. */
export function checkGoTemplate(template: string): void {
  parse(template);
}

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipe: string }
  | {
      readonly kind: 'block';
      readonly word: 'range' | 'if' | 'with';
      readonly pipe: string;
      readonly body: readonly Node[];
      readonly other: readonly Node[];
    };

interface Token {
  readonly text: string;
  readonly action: boolean;
}

function tokensOf(template: string): readonly Token[] {
  const trimmed = template.replaceAll(/\s*\{\{- /g, '{{ ').replaceAll(/ -\}\}\s*/g, ' }}');
  return trimmed
    .split(/(\{\{(?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^"`}]|\}(?!\}))*\}\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const action = part.startsWith('{{');
      if (action && !part.endsWith('}}')) throw invalid(part);
      return { text: action ? part.slice(2, -2).trim() : part, action };
    })
    .filter(({ text, action }) => !(action && text.startsWith('/*')));
}

function parse(template: string): readonly Node[] {
  const tokens = tokensOf(template);
  const { nodes, next } = parseNodes(tokens, 0);
  if (next < tokens.length) throw invalid(tokens[next]?.text ?? '');
  return nodes;
}

/** The nodes up to an `end` or `else` that is not theirs. */
function parseNodes(
  tokens: readonly Token[],
  start: number,
): { readonly nodes: readonly Node[]; readonly next: number } {
  const nodes: Node[] = [];
  let next = start;
  while (next < tokens.length) {
    const token = tokens[next];
    if (token === undefined || (token.action && /^(?:end|else)\b/.test(token.text))) break;
    const [, word, pipe = ''] = /^(range|if|with)\b\s*(.*)$/s.exec(token.text) ?? [];
    if (!token.action) nodes.push({ kind: 'text', text: token.text });
    else if (word === 'range' || word === 'if' || word === 'with') {
      const block = parseBlock(tokens, next + 1, word, pipe);
      nodes.push(block.node);
      next = block.next;
      continue;
    } else nodes.push({ kind: 'print', pipe: token.text });
    next += 1;
  }
  return { nodes, next };
}

function parseBlock(
  tokens: readonly Token[],
  start: number,
  word: 'range' | 'if' | 'with',
  pipe: string,
): { readonly node: Node; readonly next: number } {
  const body = parseNodes(tokens, start);
  const closing = tokens[body.next]?.text;
  if (closing === undefined) throw invalid(`${word} without end`);
  if (closing === 'end')
    return { node: { kind: 'block', word, pipe, body: body.nodes, other: [] }, next: body.next + 1 };
  const [, chained] = /^else\s+if\s+(.*)$/s.exec(closing) ?? [];
  if (chained !== undefined) {
    const other = parseBlock(tokens, body.next + 1, 'if', chained);
    return { node: { kind: 'block', word, pipe, body: body.nodes, other: [other.node] }, next: other.next };
  }
  const other = parseNodes(tokens, body.next + 1);
  if (closing !== 'else' || tokens[other.next]?.text !== 'end') throw invalid(closing);
  return { node: { kind: 'block', word, pipe, body: body.nodes, other: other.nodes }, next: other.next + 1 };
}

function render(nodes: readonly Node[], scope: Scope): string {
  return nodes.map((node) => renderOne(node, scope)).join('');
}

const ASSIGNED = /^(\$\w*)\s*:?=\s*(.*)$/s;
const RANGED = /^(?:(\$\w+)\s*(?:,\s*(\$\w+)\s*)?:=\s*)?(.*)$/s;

function renderOne(node: Node, scope: Scope): string {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'print') {
    const [, name, pipe] = ASSIGNED.exec(node.pipe) ?? [];
    if (name === undefined || pipe === undefined) return goText(evaluate(node.pipe, scope));
    scope.variables.set(name, evaluate(pipe, scope));
    return '';
  }
  if (node.word === 'range') return renderRange(node, scope);
  const [, name, , pipe = ''] = RANGED.exec(node.pipe) ?? [];
  const value = evaluate(pipe, scope);
  const variables = new Map(scope.variables);
  if (name !== undefined) variables.set(name, value);
  const inner = { dot: node.word === 'with' ? value : scope.dot, variables };
  return isTrue(value) ? render(node.body, inner) : render(node.other, scope);
}

function renderRange(node: Node & { readonly kind: 'block' }, scope: Scope): string {
  const [, first, second, pipe = ''] = RANGED.exec(node.pipe) ?? [];
  const value = evaluate(pipe, scope);
  const entries: readonly (readonly [Json, Json])[] = isObject(value)
    ? Object.keys(value)
        .toSorted()
        .map((key) => [key, value[key] ?? null] as const)
    : list(value).map((item, index) => [index, item] as const);
  if (entries.length === 0) return render(node.other, scope);
  return entries
    .map(([key, item]) => {
      const variables = new Map(scope.variables);
      if (first !== undefined) variables.set(first, second === undefined ? item : key);
      if (second !== undefined) variables.set(second, item);
      return render(node.body, { dot: item, variables });
    })
    .join('');
}
