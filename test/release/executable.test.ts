import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { copyStripped } from '../../scripts/executable/strip.ts';

t.test('Node without its symbols runs as before', (t) => {
  const copy = join(t.testdir(), 'node');
  copyStripped(process.execPath, copy);
  t.ok(statSync(copy).size <= statSync(process.execPath).size);
  t.equal(execFileSync(copy, ['--version'], { encoding: 'utf8' }).trim(), process.version);
  t.end();
});

t.test('what cannot be stripped is copied', (t) => {
  const folder = t.testdir({ script: '#!/bin/sh\necho as it is\n' });
  const copy = join(folder, 'copy');
  copyStripped(join(folder, 'script'), copy);
  t.equal(execFileSync(copy, { encoding: 'utf8' }), 'as it is\n');
  t.end();
});
