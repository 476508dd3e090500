import { stringAt } from '../../common/json-paths.ts';
import { parseObject } from '../../common/json.ts';
import type { Io } from '../cli/io.ts';
import { findingsOf } from './finding.ts';
import type { DoctorFinding } from './finding.ts';
import { minorsApart } from './versions.ts';

/** Minor versions that Kubernetes allows between kubectl and the API server. */
const ALLOWED = 1;

/** Compares the kubectl on PATH with the API server; says nothing where there is none. */
export async function lookAtKubectl(io: Io, server: string): Promise<readonly DoctorFinding[]> {
  const told = await io.readProgram(['kubectl', 'version', '--client', '-o', 'json'], io.interrupted);
  const client = told === null ? null : stringAt(parseObject(told), 'clientVersion', 'gitVersion');
  const apart = minorsApart(client ?? '', server);
  if (client === null || apart === null || apart <= ALLOWED) return [];
  const { warn } = findingsOf('kubectl-version');
  return [
    warn(
      `kubectl ${client} is ${apart} minor versions away from the API server, which is ${server}`,
      'Kubernetes supports one. Install the kubectl of the server; the plugin does not depend on it.',
    ),
  ];
}
