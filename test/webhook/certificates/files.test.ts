import { mkdtempSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { readCertificateFiles, watchFolder } from '../../../webhook/certificates/files.ts';

/** A folder as the kubelet mounts a Secret: a link to the present version, which is swapped. */
function mount(): {
  readonly folder: string;
  readonly put: (version: string) => void;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'bluegreen-secret-'));
  let present = '';
  return {
    folder,
    put: (version) => {
      const name = `..${version}`;
      mkdirSync(join(folder, name));
      for (const file of ['tls.crt', 'tls.key', 'ca.crt'])
        writeFileSync(join(folder, name, file), `${file} ${version}`);
      symlinkSync(name, join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
      if (present !== '') rmSync(join(folder, present), { recursive: true });
      present = name;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

t.test('a change is noticed, and the files are of one version whenever they are read', async (t) => {
  const { folder, put, remove } = mount();
  t.teardown(remove);
  put('0');
  const stop = new AbortController();
  t.teardown(() => stop.abort());
  let notices = 0;
  watchFolder(folder, () => notices++, stop.signal);
  for (let version = 1; version <= 50; version++) {
    const reading = readCertificateFiles(folder);
    if (version % 2 === 0) await sleep(0);
    put(String(version));
    const { certificate, key, authorities } = await reading;
    const [, read] = certificate.split(' ');
    t.same([key, authorities], [`tls.key ${read}`, `ca.crt ${read}`]);
  }
  t.equal((await readCertificateFiles(folder)).certificate, 'tls.crt 50');
  await sleep(50);
  t.ok(notices > 0);
});

t.test('what is missing is named; ca.crt may be', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bluegreen-secret-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  await t.rejects(readCertificateFiles(folder), { message: `there is no tls.crt in ${folder}` });
  writeFileSync(join(folder, 'tls.crt'), 'certificate');
  await t.rejects(readCertificateFiles(folder), { message: `there is no tls.key in ${folder}` });
  writeFileSync(join(folder, 'tls.key'), 'key');
  t.same(await readCertificateFiles(folder), { certificate: 'certificate', key: 'key', authorities: null });
});
