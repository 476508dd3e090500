import { request } from 'node:http';

interface Question {
  readonly ip: string;
  /** The host that the client names. */
  readonly host: string;
  readonly method?: 'GET' | 'POST';
}

/** Milliseconds for which a stream is listened to: long enough for two looks at Traefik. */
const LISTENED = 10_000;

/** What a dashboard in a pod says: its stream for a while, or its answer to a change. */
export function hear({ ip, host, method = 'GET' }: Question): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host, origin: `http://${host}`, 'content-type': 'application/json' };
    const path = method === 'GET' ? '/events' : '/actions';
    const outgoing = request({ host: ip, port: 8080, path, method, headers }, (response) => {
      let heard = '';
      response.setEncoding('utf8').on('data', (text: string) => (heard += text));
      response.on('close', () => resolve(heard));
      setTimeout(() => response.destroy(), LISTENED);
    });
    outgoing.on('error', reject);
    outgoing.end(method === 'GET' ? undefined : '{}');
  });
}
