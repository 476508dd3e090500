// How the site groups the pages: by what a reader wants to get done. Paths are from the root of the repository.

export interface Link {
  readonly text: string;
  /** The page, with an anchor where a section of it is meant. */
  readonly page: string;
}

export interface Group {
  readonly text: string;
  readonly items: readonly Link[];
}

export const GROUPS: readonly Group[] = [
  {
    text: 'First hour',
    items: [
      { text: 'What it is', page: 'README.md' },
      { text: 'Try it', page: 'README.md#try-it' },
      { text: 'Install the chart', page: 'charts/bluegreen/README.md' },
      { text: 'The first day', page: 'docs/first-day.md' },
      { text: 'Examples', page: 'examples/README.md' },
    ],
  },
  {
    text: 'Release',
    items: [
      { text: 'The playbook', page: 'docs/playbook.md' },
      { text: 'kubectl bluegreen', page: 'docs/plugin.md' },
      { text: 'The dashboard', page: 'docs/dashboard.md' },
    ],
  },
  {
    text: '3 a.m.',
    items: [
      { text: 'A message and what to do', page: 'docs/troubleshooting.md' },
      { text: 'What doctor checks', page: 'docs/doctor.md' },
      { text: 'The webhook is down', page: 'docs/operations.md#when-it-is-down' },
      { text: 'Alerts', page: 'docs/operations.md#alerts' },
    ],
  },
  {
    text: 'GitOps',
    items: [
      { text: 'Flux and Argo CD', page: 'docs/gitops.md' },
      { text: 'Weights that manifests leave out', page: 'docs/operations.md#weights-that-manifests-leave-out' },
      { text: 'Server-side apply', page: 'docs/operations.md#server-side-apply-after-a-promotion' },
    ],
  },
  {
    text: 'Operate',
    items: [
      { text: 'Operations', page: 'docs/operations.md' },
      { text: 'Upgrade', page: 'docs/operations.md#upgrade' },
      { text: 'Uninstall', page: 'docs/operations.md#remove' },
      { text: 'Certificates', page: 'docs/certificates.md' },
      { text: 'Security', page: 'docs/security.md' },
      { text: 'Compatibility', page: 'docs/compatibility.md' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Checks', page: 'docs/checks.md' },
      { text: 'Values of the chart', page: 'charts/bluegreen/README.md#values' },
      { text: 'Performance', page: 'docs/performance.md' },
      { text: 'Beside its peers', page: 'docs/comparison.md' },
      { text: 'Questions', page: 'docs/faq.md' },
      { text: 'Glossary', page: 'CONTRIBUTING.md#glossary' },
      { text: 'Changelog', page: 'CHANGELOG.md' },
      { text: 'Support', page: 'SUPPORT.md' },
      { text: 'Roadmap', page: 'ROADMAP.md' },
      { text: 'Contributing', page: 'CONTRIBUTING.md' },
    ],
  },
];

/** The address of a page on the site, for one that is there. */
export function addressOf(page: string): string {
  const [path = '', anchor] = page.split('#');
  const address = path === 'README.md' ? '/' : `/${path.replace(/\.md$/, '')}`;
  return anchor === undefined ? address : `${address}#${anchor}`;
}
