import type { Agent } from 'node:http';
import type { AgentOptions } from 'node:https';
import { SocksProxyAgent } from 'socks-proxy-agent';

/** An agent that connects through a SOCKS5 proxy. The proxy looks names up, with either scheme, as in kubectl. */
export function socksAgent(proxy: string, options: AgentOptions): Agent {
  return new SocksProxyAgent(proxy.replace(/^socks5h?:/i, 'socks5h:'), options);
}
