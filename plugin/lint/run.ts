import type { Io } from '../cli/io.ts';
import { UserError } from '../kube/errors.ts';
import { readObjects } from '../kube/manifests.ts';
import type { LintObject } from '../kube/manifests.ts';
import { lintObjects } from './check.ts';
import type { LintResult } from './check.ts';
import { EXTENSIONS, readFiles } from './files.ts';
import type { LintFinding } from './objects.ts';

/** What was found in which files. */
export interface LintReport extends LintResult {
  /** Every file that was read, in order; `-` is standard input. */
  readonly files: readonly string[];
}

/**
 * Lints files, folders and `-`, which is standard input. Throws a UserError where a path does not exist and where there
 * is nothing to check: a pipeline whose first half printed nothing has not passed.
 */
export async function lintPaths(
  paths: readonly string[],
  options: { readonly recursive: boolean; readonly namespace: string },
  io: Io,
): Promise<LintReport> {
  const objects: LintObject[] = [];
  const broken: LintFinding[] = [];
  const sources = await readFiles(paths, options.recursive, io);
  for (const { file, text } of sources) {
    const read = readObjects(file, text);
    objects.push(...read.objects.filter(({ object }) => isManifest(object)));
    broken.push(
      ...read.broken.map(({ kind, position, message }): LintFinding => {
        return { severity: kind === 'yaml' ? 'error' : 'warning', check: kind, message, file, position, resource: '' };
      }),
    );
  }
  if (objects.length === 0 && broken.length === 0) throw nothingIn(paths, sources.length, options.recursive);
  const result = lintObjects(objects, options.namespace);
  return { ...result, findings: [...broken, ...result.findings], files: sources.map(({ file }) => file) };
}

function isManifest(object: LintObject['object']): boolean {
  return typeof object['kind'] === 'string' && typeof object['apiVersion'] === 'string';
}

function nothingIn(paths: readonly string[], files: number, recursive: boolean): UserError {
  const where = paths.map((path) => (path === '-' ? 'standard input' : path)).join(', ');
  if (files > 0) return new UserError(`there is no Kubernetes object in ${where}, so nothing was checked`);
  const below = recursive ? '' : '; -R reads the folders below it, too';
  return new UserError(`no file in ${where} ends in ${EXTENSIONS.join(', ')}, so nothing was checked${below}`);
}
