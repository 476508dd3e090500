import type { ActionRequest, ActionResult, MessageName, Messages } from '../view.ts';

/** Who is told what the server says. */
export interface Receiver {
  message<Name extends MessageName>(name: Name, data: Messages[Name]): void;
  online(online: boolean): void;
}

const NAMES: readonly MessageName[] = ['cluster', 'releases', 'change', 'detail', 'past', 'traffic'];
/** Milliseconds after which an answer that was no stream is asked for again. */
const AGAIN = 2000;

/**
 * Listens to the server until the function that it returns is called. A page that nobody sees does not listen: a browser
 * keeps only six connections to one server.
 */
export function listen(id: string | null, receiver: Receiver): () => void {
  let source: EventSource | null = null;
  function open(): void {
    const opened = new EventSource(id === null ? '/events' : `/events?release=${encodeURIComponent(id)}`);
    source = opened;
    opened.addEventListener('open', () => receiver.online(true));
    opened.addEventListener('error', () => {
      receiver.online(false);
      if (opened.readyState === EventSource.CLOSED) setTimeout(() => reopen(opened), AGAIN);
    });
    for (const name of NAMES) opened.addEventListener(name, ({ data }) => receiver.message(name, JSON.parse(data)));
  }
  function close(): void {
    source?.close();
    source = null;
  }
  function reopen(failed: EventSource): void {
    if (source !== failed) return;
    close();
    look();
  }
  function look(): void {
    if (document.hidden) close();
    else if (source === null) open();
  }
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    close();
  };
}

/** Has the server run a command. Never rejects: what went wrong is the output. */
export async function act(request: ActionRequest): Promise<ActionResult> {
  try {
    const response = await fetch('/actions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
    });
    if (!response.ok) return { command: request.verb, code: 1, output: await response.text() };
    const result: ActionResult = await response.json();
    return result;
  } catch {
    const output =
      'error: the dashboard does not answer. Whether the command was run is not known: look at the release';
    return { command: request.verb, code: 1, output };
  }
}
