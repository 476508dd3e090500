// Reads known.yaml: the writes of which is known that they break production.
import { join } from 'node:path';
import { at, list } from '../../common/json.ts';
import type { TraefikVersion } from '../cluster/traefik-objects.ts';
import { readYaml } from '../yaml.ts';
import type { Sequence } from './generate.ts';
import type { Release } from './releases.ts';
import { sequenceOf } from './set.ts';

/** Those of one release that break production behind a version of Traefik. */
export function readKnown(release: Release, traefik: TraefikVersion): readonly Sequence[] {
  return list(readYaml(join(import.meta.dirname, 'known.yaml')))
    .filter((each) => at(each, 'release') === release.name)
    .filter((each) => at(each, 'traefik') === undefined || list(at(each, 'traefik')).includes(traefik))
    .map((each) => sequenceOf(release, at(each, 'writes')));
}
