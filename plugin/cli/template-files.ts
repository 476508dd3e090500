import { UsageError } from '../kube/errors.ts';
import type { FlagValues } from './flags.ts';
import type { Io } from './io.ts';

const IN_FILE = /^(jsonpath|custom-columns|go-template)-file=(.*)$/s;

/** The flags with the template of `-o jsonpath-file=FILE`, and of the like, in place of the file. Throws a UsageError. */
export function withTemplateFile(flags: FlagValues, { files }: Pick<Io, 'files'>): FlagValues {
  const [, kind, path = ''] = IN_FILE.exec(flags.text('output') ?? '') ?? [];
  if (kind === undefined) return flags;
  const source = files.read(path);
  if (source === null) throw new UsageError(`error reading --template ${path}: no such file`);
  const output = `${kind}=${kind === 'custom-columns' ? columnsIn(source) : source}`;
  return { ...flags, text: (name) => (name === 'output' ? output : flags.text(name)) };
}

/** A line of headers and a line of paths, as `HEADER:PATH,…`. */
function columnsIn(source: string): string {
  const [headers = [], paths = []] = source.split('\n').map((line) => line.trim().split(/\s+/));
  if (headers.length !== paths.length || headers[0] === '')
    throw new UsageError('a custom-columns-file has a line of headers, and a line with as many JSONPath expressions');
  return headers.map((header, index) => `${header}:${paths[index] ?? ''}`).join(',');
}
