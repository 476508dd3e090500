import { KUBERNETES } from './kubernetes.ts';
import { OUTAGE } from './outage.ts';
import type { Case } from './place.ts';
import { RUNNING } from './pods.ts';
import { ROUTES } from './routes.ts';
import { SERVER } from './server.ts';
import { TRAEFIK } from './traefik.ts';
import { WORKLOADS } from './workloads.ts';

/** Every way around that is tried, those without a webhook last. */
export const CASES: readonly Case[] = [
  ...SERVER,
  ...TRAEFIK,
  ...ROUTES,
  ...KUBERNETES,
  ...WORKLOADS,
  ...RUNNING,
  ...OUTAGE,
];

export { OUTAGE };
