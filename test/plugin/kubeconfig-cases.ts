import type { Recorder } from './recorder.ts';

const AUTHENTICATION = 'client.authentication.k8s.io';

const NO_CA = { 'certificate-authority-data': undefined };

type Files = Readonly<Record<string, string>>;

/** Files by name in one folder, and how the command is called there. `DIR` stands for that folder. */
export interface KubeconfigCase {
  readonly name: string;
  readonly files: Files;
  readonly env?: Readonly<Record<string, string>>;
  /** As they are typed. */
  readonly flags?: string;
  /** Both fail before they ask: their messages are compared, too, unless only that they fail is. */
  readonly fails?: 'alike' | 'somehow';
}

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

/** At least forty ways to say which cluster is meant, and as whom. */
export function kubeconfigCases({ url, ca, client }: Recorder): readonly KubeconfigCase[] {
  const caData = Buffer.from(ca).toString('base64');
  function config(name: string, parts: Parts = {}): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [
        {
          name,
          cluster: { server: name === 'b' ? url.b : url.a, 'certificate-authority-data': caData, ...parts.cluster },
        },
      ],
      users: [{ name, user: { token: `token-${name}`, ...parts.user } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: `ns-${name}`, ...parts.context } }],
    });
  }
  /** One file in which some fields of its cluster, context or user are others, and the files beside it. */
  function cluster(fields: object, beside: Files = {}): Files {
    return { config: config('a', { cluster: fields }), ...beside };
  }
  function context(fields: object): Files {
    return { config: config('a', { context: fields }) };
  }
  function tokenAnd(fields: object, beside: Files = {}): Files {
    return { config: config('a', { user: fields }), ...beside };
  }
  function user(fields: object, beside: Files = {}): Files {
    return tokenAnd({ token: undefined, ...fields }, beside);
  }
  function exec(fields: object = {}, beside: Files = {}): Files {
    const never = { apiVersion: `${AUTHENTICATION}/v1`, command: './login.sh', interactiveMode: 'Never' };
    return user({ exec: { ...never, ...fields } }, beside);
  }
  const a = { config: config('a') };
  const both = { a: config('a'), b: config('b') };
  const pem = { 'client.crt': client.certificate, 'client.key': client.key };
  const bothFiles = { KUBECONFIG: 'DIR/a:DIR/b' };
  return [
    { name: 'one file', files: a },
    { name: 'YAML with comments and anchors', files: { config: `# mine\n${yaml(url.a, caData)}` } },
    { name: 'a context of another file', files: both, env: bothFiles, flags: '--context b' },
    { name: 'the first current context wins', files: both, env: bothFiles },
    { name: 'the other way round', files: both, env: { KUBECONFIG: 'DIR/b:DIR/a' } },
    {
      name: 'the first without a current context',
      files: { a: config('a').replace('"current-context":"a"', '"current-context":""'), b: config('b') },
      env: bothFiles,
    },
    {
      name: 'the first definition of a name wins',
      files: { a: config('a'), b: config('a', { cluster: { server: url.b }, user: { token: 'other' } }) },
      env: bothFiles,
    },
    { name: 'a missing file', files: both, env: { KUBECONFIG: 'DIR/none:DIR/b:DIR/a' } },
    { name: 'an empty file', files: { ...both, empty: '' }, env: { KUBECONFIG: 'DIR/empty:DIR/b' } },
    { name: 'empty entries and doubles', files: both, env: { KUBECONFIG: '::DIR/b:DIR/b:' } },
    {
      name: 'a context across files',
      files: { a: config('a', { context: { user: 'b' } }), b: config('b') },
      env: bothFiles,
    },
    { name: '--kubeconfig over KUBECONFIG', files: both, env: { KUBECONFIG: 'DIR/a' }, flags: '--kubeconfig DIR/b' },
    { name: '--kubeconfig that is missing', files: a, flags: '--kubeconfig DIR/none', fails: 'alike' },
    { name: 'broken YAML', files: { config: 'a: [' }, fails: 'somehow' },
    { name: 'a list instead of a mapping', files: { config: '- a\n- b\n' }, fails: 'somehow' },
    {
      name: 'a token that is a number',
      files: { config: config('a').replace('"token-a"', '12345') },
      fails: 'somehow',
    },
    {
      name: 'a duplicate name in one file',
      files: { config: config('a').replace('"users":[', '"users":[{"name":"a","user":{}},') },
      fails: 'somehow',
    },
    { name: 'an unknown context', files: a, flags: '--context nope', fails: 'alike' },
    { name: 'an unknown context, in a given namespace', files: a, flags: '--context nope -n x', fails: 'alike' },
    { name: 'an unknown cluster, in a given namespace', files: a, flags: '--cluster nope -n x', fails: 'alike' },
    { name: 'an unknown cluster', files: a, flags: '--cluster nope', fails: 'alike' },
    { name: 'an unknown user', files: a, flags: '--user nope', fails: 'alike' },
    {
      name: 'a current context that does not exist',
      files: { config: config('a').replace('"current-context":"a"', '"current-context":"gone"') },
      fails: 'alike',
    },
    { name: '--cluster and --user', files: both, env: bothFiles, flags: '--cluster b --user b' },
    { name: '--namespace', files: a, flags: '-n mine' },
    { name: 'a namespace that cannot be', files: a, flags: '-n namespace/mine', fails: 'alike' },
    { name: 'no namespace', files: context({ namespace: '' }) },
    {
      name: '--server takes no TLS name from the file',
      files: cluster({ 'tls-server-name': 'elsewhere.test' }),
      flags: `--server ${url.b}`,
    },
    { name: 'a TLS name', files: cluster({ 'tls-server-name': 'localhost' }) },
    { name: 'a path prefix', files: cluster({ server: `${url.a}/prefix/` }) },
    { name: 'a plain server gets no secret', files: cluster({ server: url.plain, ...NO_CA }) },
    { name: 'a server without a scheme', files: cluster({ server: url.plain.replace('http://', ''), ...NO_CA }) },
    { name: '--token', files: a, flags: '--token mine' },
    { name: 'a token file beside the config', files: user({ tokenFile: 'token' }, { token: 'from-file\n' }) },
    { name: 'a token file that is missing', files: user({ tokenFile: 'token' }), fails: 'somehow' },
    { name: 'token and token file', files: tokenAnd({ tokenFile: 'token' }, { token: 'from-file' }) },
    {
      name: '--token and token file',
      files: user({ tokenFile: 'token' }, { token: 'from-file' }),
      flags: '--token mine',
    },
    { name: 'basic', files: user({ username: 'u', password: 'p:w' }) },
    { name: 'token and basic', files: tokenAnd({ username: 'u', password: 'p' }), fails: 'alike' },
    {
      name: 'a client certificate in files',
      files: user({ 'client-certificate': 'client.crt', 'client-key': './client.key' }, { ...pem }),
    },
    {
      name: 'a client certificate inline',
      files: user({ 'client-certificate-data': base64(client.certificate), 'client-key-data': base64(client.key) }),
    },
    {
      name: 'a client certificate and a token',
      files: tokenAnd({ 'client-certificate': 'client.crt', 'client-key': 'client.key' }, { ...pem }),
    },
    {
      name: 'a client certificate by flags',
      files: { config: config('a'), ...pem },
      flags: '--client-certificate DIR/client.crt --client-key DIR/client.key',
    },
    {
      name: 'a certificate without a key',
      files: user({ 'client-certificate': 'client.crt' }, { ...pem }),
      fails: 'alike',
    },
    {
      name: 'a key that is missing',
      files: user({ 'client-certificate': 'client.crt', 'client-key': 'none' }, { ...pem }),
      fails: 'alike',
    },
    { name: 'a CA in a file', files: cluster({ ...NO_CA, 'certificate-authority': 'ca.crt' }, { 'ca.crt': ca }) },
    { name: 'a CA that is missing', files: cluster({ ...NO_CA, 'certificate-authority': 'none' }), fails: 'alike' },
    { name: 'no CA', files: cluster(NO_CA), fails: 'alike' },
    { name: 'another TLS name', files: a, flags: '--tls-server-name wrong.test', fails: 'somehow' },
    { name: '--insecure-skip-tls-verify clears the CA', files: a, flags: `--insecure-skip-tls-verify -s ${url.b}` },
    { name: 'insecure in the file', files: cluster({ 'insecure-skip-tls-verify': true, ...NO_CA }) },
    {
      name: '--certificate-authority',
      files: cluster(NO_CA, { 'ca.crt': ca }),
      flags: '--certificate-authority DIR/ca.crt',
    },
    { name: 'impersonation by flags', files: a, flags: '--as eve --as-group g1 --as-group g2 --as-uid 7' },
    {
      name: 'impersonation in the file',
      files: tokenAnd({ as: 'eve', 'as-uid': '1', 'as-groups': ['x', 'y'], 'as-user-extra': { 'a/b': ['1', '2'] } }),
    },
    { name: '--as over the file', files: tokenAnd({ as: 'eve', 'as-groups': ['x'] }), flags: '--as adam' },
    { name: 'groups without a user', files: a, flags: '--as-group g', fails: 'alike' },
    { name: 'a context without a user', files: context({ user: '' }), flags: '--token x' },
    { name: 'exec', files: exec({}, { 'login.sh': login() }) },
    {
      name: 'exec with arguments and environment',
      files: exec({ args: ['one', 'two words'], env: [{ name: 'EXTRA', value: 'x y' }] }, { 'login.sh': login() }),
    },
    { name: 'exec with cluster information', files: exec({ provideClusterInfo: true }, { 'login.sh': login() }) },
    {
      name: 'exec v1beta1',
      files: exec(
        { apiVersion: `${AUTHENTICATION}/v1beta1`, interactiveMode: undefined },
        { 'login.sh': login('v1beta1') },
      ),
    },
    { name: 'exec that hands out a certificate', files: exec({}, { 'login.sh': certificateLogin(client), ...pem }) },
    {
      name: 'exec is not asked when there is a token',
      files: exec({}, { 'login.sh': 'exit 9' }),
      flags: '--token mine',
    },
    {
      name: 'exec that is not installed',
      files: exec({ command: 'no-such-login', installHint: 'Install it\u0007 well.' }),
      fails: 'alike',
    },
    { name: 'exec that fails', files: exec({}, { 'login.sh': '#!/bin/sh\nexit 4\n' }), fails: 'alike' },
    { name: 'exec with another version', files: exec({}, { 'login.sh': login('v1beta1') }), fails: 'alike' },
    { name: 'exec without a version', files: exec({ apiVersion: undefined }), fails: 'alike' },
    { name: 'exec without an interactive mode', files: exec({ interactiveMode: undefined }), fails: 'alike' },
    {
      name: 'exec that has to be interactive',
      files: exec({ interactiveMode: 'Always' }, { 'login.sh': login() }),
      fails: 'alike',
    },
    { name: 'exec of an old version', files: exec({ apiVersion: `${AUTHENTICATION}/v1alpha1` }), fails: 'alike' },
    { name: 'an auth provider that was removed', files: user({ 'auth-provider': { name: 'gcp' } }), fails: 'alike' },
    { name: 'an unknown auth provider', files: user({ 'auth-provider': { name: 'nope' } }), fails: 'alike' },
    { name: 'proxy-url', files: cluster({ 'proxy-url': url.proxy }) },
    { name: '--proxy-url', files: a, flags: `--proxy-url ${url.socks}` },
    { name: 'a proxy-url of SOCKS5', files: cluster({ 'proxy-url': url.socks }) },
    { name: 'a proxy-url that cannot be', files: cluster({ 'proxy-url': 'ftp://x' }), fails: 'alike' },
    { name: 'HTTPS_PROXY does not count for this machine', files: a, env: { HTTPS_PROXY: 'http://127.0.0.1:1' } },
    {
      name: 'HTTPS_PROXY',
      files: cluster({ server: url.a.replace('localhost', 'server.test'), 'tls-server-name': 'localhost' }),
      env: { HTTPS_PROXY: url.proxy },
    },
    {
      name: 'HTTPS_PROXY of SOCKS5, which looks the name up',
      files: cluster({ server: url.a.replace('localhost', 'server.test'), 'tls-server-name': 'localhost' }),
      env: { HTTPS_PROXY: url.socks },
    },
    {
      name: 'NO_PROXY',
      files: cluster({ server: url.a.replace('localhost', 'server.test') }),
      env: { HTTPS_PROXY: url.proxy, NO_PROXY: '.test' },
      fails: 'somehow',
    },
    { name: 'a port that is closed', files: cluster({ server: 'https://127.0.0.1:1' }), fails: 'alike' },
  ];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function yaml(server: string, caData: string): string {
  return `apiVersion: v1
kind: Config
current-context: main
clusters:
- name: main
  cluster: &defaults
    server: ${server}
    certificate-authority-data: ${caData}
- name: other
  cluster:
    <<: *defaults
users:
- {name: me, user: {token: "yes"}}
contexts:
- context: {cluster: other, user: me, namespace: from-yaml}
  name: main
`;
}

/** Hands out what it was told as its token, so that the server sees it. */
function login(version = 'v1'): string {
  return `#!/bin/sh
token=$(printf '%s' "$KUBERNETES_EXEC_INFO" | base64 -w0)
args=$(printf '%s,' "$@" "$EXTRA" | base64 -w0)
printf '{"apiVersion":"client.authentication.k8s.io/${version}","kind":"ExecCredential","status":{"token":"%s.%s"}}' "$token" "$args"
`;
}

function certificateLogin({ certificate, key }: Recorder['client']): string {
  const answer = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { clientCertificateData: certificate, clientKeyData: key },
  };
  return `#!/bin/sh\ncat <<'END'\n${JSON.stringify(answer)}\nEND\n`;
}
