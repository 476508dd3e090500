import { NOT_FOUND } from '../../common/http-status.ts';
import { hasStatus } from '../../common/kube/errors.ts';
import type { Client } from './client.ts';

/** Whether the API server serves a group in v1alpha1. Every user may ask that; where it does not answer, it may. */
export async function isServed(client: Pick<Client, 'get'>, group: string): Promise<boolean> {
  try {
    await client.get(`/apis/${group}/v1alpha1`, { quiet: true });
    return true;
  } catch (error) {
    return !hasStatus(error, NOT_FOUND);
  }
}
