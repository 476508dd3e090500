import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a server by Go's rules: a cluster's own proxy-url, else HTTPS_PROXY or HTTP_PROXY unless NO_PROXY (names,
 * domains, addresses, CIDR ranges, optional ports) or a loopback address exempts the server. Null is a direct connection.
 */
export function proxyFor(server: URL, proxyUrl: string, env: Environment): string | null {
  if (proxyUrl !== '') return proxyUrl;
  const key = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = env[key] || env[key.toLowerCase()] || '';
  if (proxy === '' || exempt(server, env['NO_PROXY'] || env['no_proxy'] || '')) return null;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function exempt(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return true;
  return noProxy
    .split(',')
    .map((rule) => rule.trim().toLowerCase())
    .some((rule) => rule !== '' && matches(rule, host, port));
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true;
  if (rule.includes('/')) return inRange(rule, host);
  const portAt = isIP(rule) === 6 ? -1 : rule.lastIndexOf(':');
  if (portAt >= 0 && rule.slice(portAt + 1) !== port) return false;
  const name = (portAt >= 0 ? rule.slice(0, portAt) : rule).replace(/^\[|\]$/g, '').replace(/^\*\./, '.');
  if (name.startsWith('.')) return host.endsWith(name);
  return host === name || (isIP(name) === 0 && host.endsWith(`.${name}`));
}

function inRange(rule: string, host: string): boolean {
  const [address = '', bits = ''] = rule.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits)) return false;
  const range = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  try {
    range.addSubnet(address, Number(bits), type);
  } catch {
    return false;
  }
  return range.check(host, type);
}

/** Whether a proxy speaks SOCKS, of the kinds that kubectl knows. */
export function isSocks(proxy: string | null): proxy is string {
  return proxy !== null && /^socks5h?:/i.test(proxy);
}
