import { at, get, list, text } from '../../../webhook/policy/json.ts';
import type { Json, JsonObject } from '../../../webhook/policy/types.ts';
import type { Cluster } from '../../cluster/index.ts';

/** What the operator makes of a ServiceMonitor, as far as the chart's own goes: files that it reads from Secrets, and jobs. */
export interface Scraping {
  readonly files: Readonly<Record<string, string>>;
  readonly jobs: readonly object[];
}

const SECONDS = '1s';

/** Scrapes the targets of a ServiceMonitor as it says, and once more with a name that the certificate is not for. */
export async function scrapingOf(cluster: Cluster, monitor: JsonObject): Promise<Scraping> {
  const namespace = text(at(monitor, 'metadata', 'namespace')) ?? '';
  const endpoint: Json | undefined = list(at(monitor, 'spec', 'endpoints'))[0];
  const secret = text(at(endpoint, 'tlsConfig', 'ca', 'secret', 'name')) ?? '';
  const key = text(at(endpoint, 'tlsConfig', 'ca', 'secret', 'key')) ?? '';
  const path = `jsonpath={.data.${key.replaceAll('.', '\\.')}}`;
  const ca = await cluster.kubectlOk(['-n', namespace, 'get', 'secret', secret, '-o', path]);
  const job = (name: string, serverName: string): object => ({
    job_name: name,
    scheme: get(endpoint, 'scheme'),
    metrics_path: get(endpoint, 'path'),
    honor_labels: get(endpoint, 'honorLabels'),
    scrape_interval: SECONDS,
    scrape_timeout: SECONDS,
    tls_config: { ca_file: 'webhook-ca.crt', server_name: serverName },
    kubernetes_sd_configs: [{ role: 'endpoints', namespaces: { names: [namespace] }, ...access(cluster) }],
    relabel_configs: [
      ...Object.entries(at(monitor, 'spec', 'selector', 'matchLabels') ?? {}).map(([name, value]) =>
        label(`__meta_kubernetes_service_label_${name.replaceAll(/[^a-zA-Z0-9]/g, '_')}`, String(value)),
      ),
      label('__meta_kubernetes_endpoint_port_name', text(get(endpoint, 'port')) ?? ''),
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
    ],
  });
  return {
    files: { 'webhook-ca.crt': Buffer.from(ca, 'base64').toString() },
    jobs: [
      job('bluegreen', text(at(endpoint, 'tlsConfig', 'serverName')) ?? ''),
      job('stranger', 'somebody-else.example.com'),
    ],
  };
}

function label(name: string, value: string): object {
  return { source_labels: [name], regex: value, action: 'keep' };
}

/** Scrapes the API server. */
export function apiServerJob(cluster: Cluster): object {
  const target = { targets: [`${cluster.api.ip}:6443`] };
  const { tls_config, authorization } = access(cluster);
  return {
    job_name: 'apiserver',
    scheme: 'https',
    scrape_interval: SECONDS,
    scrape_timeout: SECONDS,
    tls_config,
    authorization,
    static_configs: [target],
  };
}

function access({ api }: Cluster): { api_server: string; tls_config: object; authorization: object } {
  return {
    api_server: `https://${api.ip}:6443`,
    tls_config: { ca_file: api.authority },
    authorization: { credentials: api.token },
  };
}
