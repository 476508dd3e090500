import { CHECKS, GUARDS } from '../../webhook/policy/index.ts';
import { VERSION } from '../../common/version.ts';
import { textOf } from './objects.ts';
import type { LintFinding } from './objects.ts';

/** Findings as SARIF 2.1.0, which code hosts show beside the lines. */
export function toSarif(findings: readonly LintFinding[]): object {
  const rules = [...new Set(findings.map((finding) => finding.check))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kubectl-bluegreen lint',
            version: VERSION,
            rules: rules.map((id) => ({ id, shortDescription: { text: ruleText(id) } })),
          },
        },
        results: findings.map((finding) => ({
          ruleId: finding.check,
          level: finding.severity,
          message: { text: textOf(finding) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: finding.file === '-' ? 'stdin' : finding.file },
                region: { startLine: finding.position.line, startColumn: finding.position.column },
              },
            },
          ],
        })),
      },
    ],
  };
}

function ruleText(id: string): string {
  const check = [...CHECKS, ...GUARDS].find((each) => each.id === id);
  if (check !== undefined) return check.description;
  return id === 'weights-in-manifest' ? 'Manifests leave the weights to the webhook.' : 'The file can be read.';
}
