import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { at, get, isObject, list, text } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { readYaml } from '../yaml.ts';

const FOLDER = join(import.meta.dirname, 'alerts');

/** Series from minute 0 on, a value a minute, and what an alert says of them at a time. */
export interface Case {
  readonly alert: string;
  readonly about: string;
  readonly fires: boolean;
  /** As promtool writes series and values: `bluegreen_ready{pod="a"}`, `1x4 0x10`. */
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  /** Beside those of the rule. */
  readonly labels: JsonObject;
  readonly description: string;
}

/** The cases of every alert: a file each, named like it. */
export function readCases(): readonly Case[] {
  return readdirSync(FOLDER).flatMap((name) => {
    const content: unknown = readYaml(join(FOLDER, name));
    function of(verdict: 'fires' | 'silent'): readonly Case[] {
      return list(get(content, verdict)).map((given) =>
        readCase(name.replace('.yaml', ''), verdict === 'fires', given),
      );
    }
    return [...of('fires'), ...of('silent')];
  });
}

function readCase(alert: string, fires: boolean, given: Json): Case {
  const labels = get(given, 'labels');
  return {
    alert,
    about: text(get(given, 'about')) ?? '',
    fires,
    series: Object.fromEntries(
      Object.entries(get(given, 'series') ?? {}).map(([key, value]) => [key, valuesOf(value)]),
    ),
    at: text(get(given, 'at')) ?? '',
    labels: isObject(labels) ? labels : {},
    description: text(get(given, 'description')) ?? '',
  };
}

/** YAML takes an unquoted 0x30 for a number. */
function valuesOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`put quotes around the values ${JSON.stringify(value)}`);
  return value;
}

/** The rules of a rendered PrometheusRule. */
export function rulesOf(prometheusRule: JsonObject | undefined): readonly JsonObject[] {
  return list(at(prometheusRule, 'spec', 'groups')).flatMap((group) => list(get(group, 'rules')).filter(isObject));
}

/** The file that `promtool test rules` runs. */
export function promtoolTests(rules: readonly JsonObject[], cases: readonly Case[], rulesFile: string): object {
  return {
    rule_files: [rulesFile],
    evaluation_interval: '1m',
    tests: cases.map((each) => {
      const rule = rules.find((candidate) => candidate['alert'] === each.alert);
      const annotations = { ...Object(get(rule, 'annotations')), description: each.description };
      const exp_alerts = [
        { exp_labels: { ...Object(get(rule, 'labels')), ...each.labels }, exp_annotations: annotations },
      ];
      return {
        name: `${each.alert}: ${each.about}`,
        interval: '1m',
        input_series: Object.entries(each.series).map(([series, values]) => ({ series, values })),
        alert_rule_test: [{ eval_time: each.at, alertname: each.alert, exp_alerts: each.fires ? exp_alerts : [] }],
      };
    }),
  };
}
