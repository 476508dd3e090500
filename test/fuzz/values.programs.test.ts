// Every field of Traefik's own definitions is written: a new one of a later version fails here until values.yaml has it.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { at, list } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { objectAt } from '../../common/json-paths.ts';
import { toolFile } from '../cluster/tools/cache.ts';
import { parseObjects } from '../yaml.ts';
import { readReleases } from './releases.ts';
import { readValues } from './values.ts';
import type { Kind } from './resources.ts';

const definitions = parseObjects(readFileSync(toolFile('traefik', 'crds.yaml'), 'utf8'));

function schemaOf(kind: Kind): Json {
  const definition = definitions.find((each) => at(each, 'spec', 'names', 'kind') === kind);
  const version = list(at(definition, 'spec', 'versions'))[0];
  return objectAt(version, 'schema', 'openAPIV3Schema', 'properties', 'spec');
}

/** The fields below the spec down to where a list or a value of its own begins, such as `weighted.services.scheme`. */
function fieldsOf(schema: Json, levels: number, path = ''): readonly string[] {
  const properties = Object.entries(objectAt(at(schema, 'items') ?? schema, 'properties'));
  if (levels === 0 || properties.length === 0) return [path];
  return properties.flatMap(([key, inner]) => fieldsOf(inner ?? {}, levels - 1, path === '' ? key : `${path}.${key}`));
}

/** What values.yaml writes of a kind, as one text. */
function written(kind: Kind): string {
  return readReleases()
    .flatMap((release) => release.objects.map((object) => ({ object, values: readValues(release) })))
    .filter(({ object }) => object.kind === kind)
    .flatMap(({ object, values }) => values.fieldsOf(object))
    .map(({ path, values }) => `${path.join('.')} ${JSON.stringify(values)}`)
    .join('\n');
}

/** Where production's route leads is its owner's to say. */
const LEFT_OUT = /^(entryPoints|routes\.(match|priority))$/;

for (const [kind, levels] of [
  ['TraefikService', 3],
  ['IngressRoute', 3],
] as const)
  t.test(`every field of a ${kind}`, async (t) => {
    const text = written(kind);
    const fields = fieldsOf(schemaOf(kind), levels).filter((field) => !LEFT_OUT.test(field));
    t.ok(fields.length > 30);
    for (const field of fields) t.match(text, new RegExp(`\\b${field.split('.').at(-1)}\\b`), field);
  });
