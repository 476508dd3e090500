import { resourcePath } from '../../common/kube/paths.ts';
import { otherColor, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { get, number, text } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { UsageError } from '../kube/errors.ts';
import { objectsAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/** The preview's Service, as something to ask. */
export interface Place {
  readonly service: string;
  readonly port: number;
  /** Inside the cluster, without a slash at the end. */
  readonly url: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Where the preview answers inside the cluster: at the port that the TraefikService sends it traffic, or --target-port. */
export async function placeOf(call: Call, { client }: Session, found: TraefikServiceRef, color: Color): Promise<Place> {
  const { namespace, pair } = found;
  const path = resourcePath('v1', 'services', { namespace, name: pair[color] });
  const service = await client.get(path, { signal: call.io.interrupted });
  const state = stateOf(found.object, pair);
  const listed = (state[color] ?? state[otherColor(color)])?.port;
  const wanted = call.flags.text('target-port') ?? listed;
  const port = portOf(service, pair[color], wanted);
  const scheme = call.flags.text('scheme') ?? 'http';
  const suffix = DEFAULT_PORTS[scheme] === port ? '' : `:${port}`;
  return { service: pair[color], port, url: `${scheme}://${pair[color]}.${namespace}${suffix}` };
}

function portOf(service: JsonObject, name: string, wanted: unknown): number {
  const ports = objectsAt(service, 'spec', 'ports');
  const found = ports.find(
    (each) => wanted === undefined || get(each, 'name') === wanted || number(get(each, 'port')) === Number(wanted),
  );
  const port = number(get(found, 'port'));
  if (port === null) throw new UsageError(`Service ${name} has no port "${text(wanted) ?? String(wanted)}"`);
  return port;
}
