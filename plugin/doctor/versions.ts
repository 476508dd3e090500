/**
 * By major and minor: the oldest Kubernetes that has what the chart installs, and the oldest Traefik and the newest of both
 * that `npm run test:matrix` runs on. docs/compatibility.md has what was tested.
 */
export const TESTED = {
  kubernetes: { oldest: '1.30', newest: '1.37' },
  traefik: { oldest: '2.11', newest: '3.7' },
} as const;

/** A version by its numbers; `v1.34.4+k3s1` is 1.34.4. */
interface Version {
  readonly major: number;
  readonly minor: number;
}

function parse(text: string): Version | null {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined || minor === undefined ? null : { major: Number(major), minor: Number(minor) };
}

/** Whether a version is not older than another, by major and minor; null where one of them is none. */
export function atLeast(text: string, oldest: string): boolean | null {
  const [version, least] = [parse(text), parse(oldest)];
  if (version === null || least === null) return null;
  return version.major === least.major ? version.minor >= least.minor : version.major > least.major;
}

/** Whether two versions differ in more than their patch; null where one of them is none. */
export function isSkewed(one: string, other: string): boolean | null {
  const [a, b] = [parse(one), parse(other)];
  return a === null || b === null ? null : a.major !== b.major || a.minor !== b.minor;
}

/** By how many minor versions two versions of one major version differ; null where one is none, or the major is another. */
export function minorsApart(one: string, other: string): number | null {
  const [a, b] = [parse(one), parse(other)];
  return a === null || b === null || a.major !== b.major ? null : Math.abs(a.minor - b.minor);
}

/** Whether a version is newer than another, by major and minor; null where one of them is none. */
export function isNewer(text: string, newest: string): boolean | null {
  const older = atLeast(newest, text);
  return older === null ? null : !older;
}

/** The version in an image's tag; null without a tag. */
export function tagOf(image: string): string | null {
  return /:([\w][\w.-]*)(?:@|$)/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1] ?? null;
}
