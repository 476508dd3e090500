import type { Fault } from '../fault.ts';
import { allDead } from './all-dead.ts';
import { allHung } from './all-hung.ts';
import { apiServer } from './api-server.ts';
import { caBundle } from './ca-bundle.ts';
import { caRotated } from './ca-rotated.ts';
import { clients } from './clients.ts';
import { deleted } from './deleted.ts';
import { evicted } from './evicted.ts';
import { hung } from './hung.ts';
import { killed } from './killed.ts';
import { rolled } from './rolled.ts';
import { weightsLeftOut } from './weights.ts';

export { none } from './none.ts';

/** Every fault, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  rolled,
  deleted,
  evicted,
  caRotated,
  caBundle,
  clients,
  apiServer,
  killed,
  hung,
  allHung,
  allDead,
  ...weightsLeftOut,
];
