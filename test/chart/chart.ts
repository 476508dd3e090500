import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { isObject } from '../../webhook/policy/json.ts';
import type { JsonObject } from '../../webhook/policy/types.ts';
import { toolFile } from '../cluster/tools/cache.ts';
import { run, type Result } from '../cluster/tools/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
export const CHART = join(ROOT, 'charts', 'bluegreen');
export const NAMESPACE = 'bluegreen-system';

/** The text of a file, by its path in the repository. */
export const fileText = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

// Where nobody told it otherwise, a Helm built from source takes itself to be on Kubernetes 1.20.
const PLACE = ['--namespace', NAMESPACE, '--kube-version', '1.34.4'];

/** Runs helm without a cluster. */
export const helm = (args: readonly string[]): Promise<Result> => run(toolFile('helm', 'helm'), args);

/** What `helm template` says of the chart with these `--set` values. */
export const template = (values: readonly string[] = [], flags: readonly string[] = []): Promise<Result> =>
  helm(['template', 'bluegreen', CHART, ...PLACE, ...values.flatMap((value) => ['--set', value]), ...flags]);

/** The objects that the chart renders, hooks included. */
export const render = async (values: readonly string[] = []): Promise<readonly JsonObject[]> => {
  const { code, stdout, stderr } = await template(values);
  if (code !== 0) throw new Error(`helm template failed: ${stderr}`);
  return loadAll(stdout).filter((document): document is JsonObject => isObject(document));
};
