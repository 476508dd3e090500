import { at, get, list, parseObject, text } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import type { Cluster } from '../../cluster/index.ts';

/** What the operator makes of a ServiceMonitor, as far as the chart's own goes. */
export interface Scraping {
  /** What it reads from Secrets. */
  readonly files: Readonly<Record<string, string>>;
  readonly jobs: readonly object[];
}

const SECONDS = '1s';

/**
 * Scrapes the endpoints of the Services that a ServiceMonitor selects as it says, and once more with a name that the
 * certificate is not for. The targets are looked up in `targets.json`: Debian's Prometheus cannot ask Kubernetes.
 */
export async function scrapingOf(cluster: Cluster, monitor: JsonObject): Promise<Scraping> {
  const namespace = text(at(monitor, 'metadata', 'namespace')) ?? '';
  const endpoint: Json | undefined = list(at(monitor, 'spec', 'endpoints'))[0];
  const secret = text(at(endpoint, 'tlsConfig', 'ca', 'secret', 'name')) ?? '';
  const key = text(at(endpoint, 'tlsConfig', 'ca', 'secret', 'key')) ?? '';
  const path = `jsonpath={.data.${key.replaceAll('.', '\\.')}}`;
  const ca = await cluster.kubectlOk(['-n', namespace, 'get', 'secret', secret, '-o', path]);
  function job(name: string, serverName: string): object {
    return {
      job_name: name,
      scheme: get(endpoint, 'scheme'),
      metrics_path: get(endpoint, 'path'),
      honor_labels: get(endpoint, 'honorLabels'),
      scrape_interval: SECONDS,
      scrape_timeout: SECONDS,
      tls_config: { ca_file: 'webhook-ca.crt', server_name: serverName },
      file_sd_configs: [{ files: ['targets.json'], refresh_interval: SECONDS }],
    };
  }
  return {
    files: {
      'webhook-ca.crt': Buffer.from(ca, 'base64').toString(),
      'targets.json': await targetsOf(cluster, monitor),
    },
    jobs: [
      job('bluegreen', text(at(endpoint, 'tlsConfig', 'serverName')) ?? ''),
      job('stranger', 'somebody-else.example.com'),
    ],
  };
}

/** The targets of a ServiceMonitor as they are now, with the labels that the operator gives them. */
export async function targetsOf(cluster: Cluster, monitor: JsonObject): Promise<string> {
  const namespace = text(at(monitor, 'metadata', 'namespace')) ?? '';
  const port = get(list(at(monitor, 'spec', 'endpoints'))[0], 'port');
  const selector = Object.entries(at(monitor, 'spec', 'selector', 'matchLabels') ?? {}).map((pair) => pair.join('='));
  const selected = ['get', 'endpointslices', '-l', selector.join(','), '-o', 'json'];
  const slices = list(parseObject(await cluster.kubectlOk(['-n', namespace, ...selected]))?.['items']);
  const targets = slices.flatMap((slice) => {
    const number = get(
      list(get(slice, 'ports')).find((each) => get(each, 'name') === port),
      'port',
    );
    return list(get(slice, 'endpoints')).map((each) => ({
      targets: [`${text(list(get(each, 'addresses'))[0])}:${JSON.stringify(number)}`],
      labels: { namespace, pod: text(at(each, 'targetRef', 'name')) ?? '' },
    }));
  });
  return JSON.stringify(targets);
}

/** Scrapes the API server, which computes for a tenth of a second each time. */
export function apiServerJob({ api }: Cluster): object {
  return {
    job_name: 'apiserver',
    scheme: 'https',
    scrape_interval: '3s',
    scrape_timeout: '3s',
    tls_config: { ca_file: api.authority },
    authorization: { credentials: api.token },
    static_configs: [{ targets: [`${api.ip}:6443`] }],
  };
}
