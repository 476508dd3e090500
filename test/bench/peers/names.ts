/** The ways of releasing that are compared, in the order of the page's columns, by the names of their fixtures. */
export const PEERS = {
  'argo-bluegreen': 'Argo Rollouts, blueGreen',
  'argo-canary': 'Argo Rollouts, canary',
  flagger: 'Flagger',
  bluegreen: 'bluegreen',
  'by-hand': 'by hand',
} as const;

export type PeerId = keyof typeof PEERS;

export const PEER_IDS: readonly PeerId[] = ['argo-bluegreen', 'argo-canary', 'flagger', 'bluegreen', 'by-hand'];

export const OLD = '6.1.5';
export const NEW = '6.1.6';
/** A version that nobody has asked for. */
export const UNTESTED = '6.1.7';

export function imageOf(version: string): string {
  return `ghcr.io/stefanprodan/podinfo:${version}`;
}

export function namespaceOf(id: PeerId): string {
  return `peer-${id}`;
}

export function hostOf(id: PeerId): string {
  return `${id}.localhost`;
}
