// The demo app: stands in for podinfo where podinfo's own images cannot be had, in as many versions as are needed.
import { hostname } from 'node:os';
import { createApp } from './app.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env, process.argv.slice(2), hostname());
function crash(): void {
  process.stderr.write(`fault: crashing at request ${settings.breakdown.crashAfter}\n`);
  process.exit(1);
}
const app = createApp(settings, Math.random, crash);

function stop(): void {
  process.stdout.write('stopping: not ready any more, still serving\n');
  void app.drain().then(() => process.exit(0));
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (settings.breakdown.refuseConnections) {
  process.stdout.write(`fault: version ${settings.version} listens to nothing\n`);
  setInterval(() => {}, 60_000);
} else {
  app.server.listen(settings.port, () =>
    process.stdout.write(`version ${settings.version} listening on port ${settings.port}\n`),
  );
}
