import { colorAnnotations } from '../../webhook/policy/index.ts';
import { describeError } from '../kube/errors.ts';
import { listLookalikes } from '../traefikservice/lookalikes.ts';
import type { Lookalike } from '../traefikservice/lookalikes.ts';
import { resourceName } from '../traefikservice/find.ts';
import { commandLine } from '../traefikservice/names.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const { warn, unknown } = findingsOf('not-governed');

/** What looks like a blue-green pair by the names of its Services, and that nothing guards. */
export async function lookAtLookalikes({ session, namespace }: DoctorContext): Promise<readonly DoctorFinding[]> {
  const { found, unread } = await listLookalikes(session, namespace);
  return [
    ...found.map(told),
    ...unread.map(({ group, error }) =>
      unknown(`the TraefikServices and IngressRoutes of ${group} could not all be read`, describeError(error)),
    ),
  ];
}

function told(lookalike: Lookalike): DoctorFinding {
  const { kind, group, namespace, name, pair } = lookalike;
  const services = `${pair.blue} and ${pair.green}`;
  if (kind === 'IngressRoute') {
    return warn(
      `${namespace}/ingressroute.${group}/${name} splits requests over ${services}, which look like a pair, and nothing guards it`,
      `List both in a TraefikService with the annotations ${colorAnnotations(pair)}, and point the IngressRoute at it.`,
    );
  }
  const adopt = commandLine('adopt', lookalike, ` --blue ${pair.blue} --green ${pair.green}`);
  return warn(
    `${namespace}/${resourceName(lookalike)} is not governed, and ${services} look like a pair`,
    `No check applies to it. The annotations ${colorAnnotations(pair)} change that: ${adopt}`,
  );
}
