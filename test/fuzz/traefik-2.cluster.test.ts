// The short form of `npm run fuzz:traefik`, with Traefik 2.11. The cluster is of its own: it has two replicas of Traefik.
import { shortForm } from './short.ts';

await shortForm('2.11');
