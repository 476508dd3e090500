import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runOk } from '../lib/run.ts';
import type { Entry } from '../../images/tar.ts';
import { writeTarGz } from './archive.ts';

/**
 * The chart as `helm package` makes it, with the times taken out.
 * @param helm the program, by name or path
 */
export async function packageChart(chart: string, version: string, path: string, helm: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'bluegreen-chart-'));
  try {
    await runOk(helm, ['package', chart, '--version', version, '--app-version', version, '--destination', work]);
    const content = join(work, 'content');
    mkdirSync(content);
    await runOk('tar', ['-xzf', join(work, `bluegreen-${version}.tgz`), '-C', content]);
    await writeTarGz(path, filesIn(content));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function filesIn(folder: string): readonly Entry[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((source) => ({ kind: 'file', path: relative(folder, source), mode: 0o644, source }));
}
