// The short form of `npm run fuzz:traefik`, with Traefik 3.7. The cluster is of its own: it has two replicas of Traefik.
import { shortForm } from './short.ts';

await shortForm('3.7');
