import { stringify } from 'yaml';

/** An archive for one platform, as Krew names platforms. */
export interface KrewArchive {
  readonly os: string;
  readonly arch: string;
  readonly file: string;
  readonly sha256: string;
  readonly executable: string;
}

/** The manifest that Krew's index wants; its file has to be called bluegreen.yaml. */
export function krewManifest(archives: readonly KrewArchive[], version: string, baseUrl: string): string {
  const base = baseUrl.replace(/\/+$/, '');
  const manifest = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'bluegreen' },
    spec: {
      version: `v${version}`,
      homepage: homepageOf(base),
      shortDescription: 'Blue-green releases behind Traefik',
      description: `Safe switches and one-second rollbacks for blue-green releases whose traffic a
TraefikService decides. It evaluates the policy of the admission webhook of the
same project before it switches, and warns about what would undo a switch.
`,
      platforms: archives.map(({ os, arch, file, sha256, executable }) => ({
        selector: { matchLabels: { os, arch } },
        uri: `${base}/${file}`,
        sha256,
        bin: executable,
        files: [
          { from: executable, to: '.' },
          { from: 'LICENSE', to: '.' },
        ],
      })),
    },
  };
  return stringify(manifest, { lineWidth: 0 });
}

/** The project behind a release's download address. */
function homepageOf(base: string): string {
  return base.replace(/\/(?:-\/)?releases(?:\/.*)?$/, '');
}
