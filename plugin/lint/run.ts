import type { Io } from '../cli/io.ts';
import { UserError } from '../kube/errors.ts';
import { lintObjects } from './check.ts';
import type { LintResult } from './check.ts';
import type { LintFinding } from './objects.ts';
import { readObjects } from '../kube/manifests.ts';
import type { LintObject } from '../kube/manifests.ts';

const EXTENSIONS = ['.yaml', '.yml', '.json'];

/** Lints files, folders and `-`, which is stdin. Throws when one does not exist. */
export async function lintPaths(
  paths: readonly string[],
  options: { readonly recursive: boolean; readonly namespace: string },
  io: Io,
): Promise<LintResult> {
  const objects: LintObject[] = [];
  const broken: LintFinding[] = [];
  for (const { file, text } of await readAll(paths, options.recursive, io)) {
    const read = readObjects(file, text);
    objects.push(...read.objects);
    broken.push(
      ...read.broken.map(({ position, message }): LintFinding => {
        return { severity: 'error', check: 'yaml', message, file, position, resource: '' };
      }),
    );
  }
  const result = lintObjects(objects, options.namespace);
  return { ...result, findings: [...broken, ...result.findings] };
}

interface Source {
  readonly file: string;
  readonly text: string;
}

async function readAll(paths: readonly string[], recursive: boolean, io: Io): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    if (path === '-') sources.push({ file: '-', text: await io.readStdin() });
    else sources.push(...expand(path, recursive, io, true));
  }
  return sources;
}

function expand(path: string, recursive: boolean, io: Io, named: boolean): readonly Source[] {
  const names = io.listFolder(path);
  if (names === null) {
    const text = io.files.read(path);
    if (text === null) throw new UserError(`the path "${path}" does not exist`);
    return [{ file: path, text }];
  }
  if (!named && !recursive) return [];
  return names
    .map((name) => `${path.replace(/\/$/, '')}/${name}`)
    .filter((child) => io.listFolder(child) !== null || EXTENSIONS.some((extension) => child.endsWith(extension)))
    .flatMap((child) => expand(child, recursive, io, false));
}
