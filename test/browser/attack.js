// What an attacker's page tries in the browser of a user who has a dashboard open. Each try is told as `read`, `changed`
// or `failed`; an answer that the page cannot see (opaque) counts as failed, and the test looks for changes by itself.

const HEADERS = [{ 'Content-Type': 'text/plain' }, { 'Content-Type': 'application/json' }];
const MODES = ['no-cors', 'cors'];

async function post(origin, release, headers, mode) {
  const body = JSON.stringify({ id: release, verb: 'freeze', from: null, to: null, reason: 'attack' });
  try {
    const answer = await fetch(`${origin}/actions`, { method: 'POST', credentials: 'include', mode, headers, body });
    return answer.type === 'opaque' ? 'failed' : 'changed';
  } catch {
    return 'failed';
  }
}

async function read(origin) {
  try {
    await fetch(`${origin}/events`, { credentials: 'include' });
    return 'read';
  } catch {
    return 'failed';
  }
}

function listen(origin) {
  return new Promise((resolve) => {
    const source = new EventSource(`${origin}/events`, { withCredentials: true });
    source.addEventListener('releases', () => resolve('read'));
    source.addEventListener('error', () => resolve('failed'));
  });
}

function include(origin) {
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = `${origin}/main.js`;
    script.addEventListener('load', () => resolve('read'));
    script.addEventListener('error', () => resolve('failed'));
    document.head.append(script);
  });
}

/** Tries everything. */
globalThis.attack = async (origin, release) => {
  const posts = HEADERS.flatMap((headers) => MODES.map((mode) => post(origin, release, headers, mode)));
  return Promise.all([...posts, read(origin), listen(origin), include(origin)]);
};
