import type { Io } from '../cli/io.ts';
import { UserError } from '../kube/errors.ts';

/** What the name of a manifest in a folder ends in. */
export const EXTENSIONS: readonly string[] = ['.yaml', '.yml', '.json'];

export interface Source {
  /** As it was named; `-` is standard input. */
  readonly file: string;
  readonly text: string;
}

/** The texts behind files, folders and `-`. Throws a UserError where a path does not exist. */
export async function readFiles(paths: readonly string[], recursive: boolean, io: Io): Promise<readonly Source[]> {
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
