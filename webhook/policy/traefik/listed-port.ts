import { at, get, list, number, text } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { servicePort } from './ports.ts';
import type { Reference } from './reference.ts';

/** A port of a Service, and where it leads. */
export interface TakenPort {
  /** Empty for a port without one. It is also the name of the port in the Service's EndpointSlices. */
  readonly name: string;
  readonly port: number;
  /** `TCP` where the port leaves it out. */
  readonly protocol: string;
  /** The port of the pods, by number or name: the port itself where `targetPort` is left out. */
  readonly target: number | string;
}

/** The port of a Service that Traefik takes for an entry, and where it leads; null where Traefik finds none. */
export function portTaken(service: JsonObject | null, wanted: Reference['port']): TakenPort | null {
  if (service === null) return null;
  const external = at(service, 'spec', 'type') === 'ExternalName';
  const found = servicePort({ ports: portsOf(service), external }, wanted);
  if (found === null) return null;
  return 'target' in found ? found : { name: '', port: found.port, protocol: 'TCP', target: found.port };
}

/** Zero and '' are what a missing targetPort is (ServicePort, core/v1). */
function portsOf(service: JsonObject): readonly TakenPort[] {
  return list(at(service, 'spec', 'ports')).flatMap((entry) => {
    const port = number(get(entry, 'port'));
    if (port === null) return [];
    const target = get(entry, 'targetPort');
    const protocol = text(get(entry, 'protocol')) || 'TCP';
    return [{ name: text(get(entry, 'name')) ?? '', port, protocol, target: text(target) || number(target) || port }];
  });
}
