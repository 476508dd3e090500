import { BLIND } from './blind.ts';
import { KUBERNETES } from './kubernetes.ts';
import { NAMES } from './names.ts';
import { OUTAGE } from './outage.ts';
import type { Case } from './place.ts';
import { RUNNING } from './pods.ts';
import { ROUTES } from './routes.ts';
import { SERVER } from './server.ts';
import { TRAEFIK } from './traefik.ts';
import { WORKLOADS } from './workloads.ts';

/** What is tried while all is well. */
export const ORDINARY: readonly Case[] = [
  ...SERVER,
  ...TRAEFIK,
  ...NAMES,
  ...ROUTES,
  ...KUBERNETES,
  ...WORKLOADS,
  ...RUNNING,
];

/** Every way around. */
export const CASES: readonly Case[] = [...ORDINARY, ...BLIND, ...OUTAGE];

export { BLIND, OUTAGE };
