import type { Entry } from './tar.ts';

/** The user of every image, by number, so that Kubernetes can check runAsNonRoot. */
export const USER = '65532';

export function folders(paths: readonly string[], mode = 0o755): Entry[] {
  return paths.map((path) => ({ kind: 'folder', path: `${path}/`, mode }));
}

/** A program of this machine. */
export function program(source: string, path: string): Entry {
  return { kind: 'file', path, mode: 0o755, source };
}

/** What programs expect of a system: their user, and a folder for temporary files. */
export const BASE: readonly Entry[] = [
  ...folders(['etc']),
  ...folders(['tmp'], 0o1777),
  { kind: 'text', path: 'etc/passwd', mode: 0o644, content: `nonroot:x:${USER}:${USER}:nonroot:/tmp:/sbin/nologin\n` },
  { kind: 'text', path: 'etc/group', mode: 0o644, content: `nonroot:x:${USER}:\n` },
  { kind: 'text', path: 'etc/nsswitch.conf', mode: 0o644, content: 'hosts: files dns\n' },
];
