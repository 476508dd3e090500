import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fillComparison } from './peers/page.ts';
import { allFigures, drawCurves, fillPage } from './page.ts';
import { drawDistributions } from './distributions.ts';
import { readRecord } from './record.ts';

/**
 * Brings docs/performance.md and its plots in step with docs/performance.json, and docs/comparison.md with
 * docs/comparison.json: `node test/bench/performance.ts [RECORD]`. A RECORD of `npm run bench -- --record RECORD` takes
 * the place of docs/performance.json first.
 */
const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const [given] = process.argv.slice(2);
if (given !== undefined) copyFileSync(given, `${docs}performance.json`);
const record = readRecord(`${docs}performance.json`);
writeFileSync(`${docs}performance.md`, fillPage(readFileSync(`${docs}performance.md`, 'utf8'), record));
writeFileSync(`${docs}performance.svg`, drawCurves(record));
mkdirSync(`${docs}images`, { recursive: true });
writeFileSync(`${docs}images/distributions.svg`, drawDistributions(allFigures(record)));
const comparison = readRecord(`${docs}comparison.json`);
writeFileSync(`${docs}comparison.md`, fillComparison(readFileSync(`${docs}comparison.md`, 'utf8'), comparison));
