import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
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

t.test('a long text in base64 is emptied, which takes nothing in an archive', (t) => {
  const long = Buffer.alloc(2_000_000, 'wasm');
  const folder = t.testdir({ script: Buffer.concat([Buffer.from('#!/bin/sh\nexit 0\n"'), long, Buffer.from('"\n')]) });
  const copy = join(folder, 'copy');
  copyStripped(join(folder, 'script'), copy);
  const text = readFileSync(copy, 'latin1');
  t.match(text, /^#!\/bin\/sh\nexit 0\n"A+"\n$/);
  t.equal(text.length, statSync(join(folder, 'script')).size);
  t.end();
});

t.test('what cannot be stripped is copied', (t) => {
  const folder = t.testdir({ script: '#!/bin/sh\necho as it is\n' });
  const copy = join(folder, 'copy');
  copyStripped(join(folder, 'script'), copy);
  t.equal(execFileSync(copy, { encoding: 'utf8' }), 'as it is\n');
  t.end();
});
