import t from 'tap';
import { loadKubeconfig } from '../../../plugin/kube/kubeconfig.ts';
import { resolveConnection } from '../../../plugin/kube/resolve.ts';
import type { ConnectionFlags } from '../../../plugin/kube/resolve.ts';
import { describeError } from '../../../plugin/kube/errors.ts';

interface Setup {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: ConnectionFlags;
}

function resolve({ files = {}, env = {}, flags = {} }: Setup) {
  const access = { env, home: '/home/user', read: (path: string) => files[path] ?? null };
  return resolveConnection(loadKubeconfig(access, flags.kubeconfig), flags, access);
}

function failure(setup: Setup): string {
  try {
    resolve(setup);
    return '';
  } catch (error) {
    return describeError(error);
  }
}

function config(name: string, server: string, extra = ''): string {
  return `
apiVersion: v1
kind: Config
current-context: ${name}
clusters: [{name: ${name}, cluster: {server: "${server}"}}]
users: [{name: ${name}, user: {token: token-of-${name}}}]
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}, namespace: ns-${name}}}]
${extra}`;
}

const HOME = '/home/user/.kube/config';

t.test('without any file it is the default server, as in kubectl', async (t) => {
  const connection = resolve({});
  t.equal(connection.url.origin, 'http://localhost:8080');
  t.equal(connection.namespace, 'default');
});

t.test('the file in the home folder', async (t) => {
  const connection = resolve({ files: { [HOME]: config('a', 'https://a:6443') } });
  t.equal(connection.url.host, 'a:6443');
  t.equal(connection.user.token, 'token-of-a');
  t.equal(connection.namespace, 'ns-a');
});

t.test('several files: the first current context and the first definition of a name win', async (t) => {
  const files = { '/a': config('a', 'https://a'), '/b': config('b', 'https://b'), '/c': config('a', 'https://other') };
  const env = { KUBECONFIG: '/a:/b:/c' };
  t.equal(resolve({ files, env }).url.host, 'a');
  t.equal(resolve({ files, env, flags: { context: 'b' } }).url.host, 'b');
  t.equal(resolve({ files, env: { KUBECONFIG: '/c:/a' } }).url.host, 'other');
});

t.test('missing and empty files, empty list entries and comments are passed over', async (t) => {
  const files = { '/empty': '', '/comment': '# nothing\n', '/a': config('a', 'https://a') };
  t.equal(resolve({ files, env: { KUBECONFIG: '/none:/empty::/comment:/a:/a' } }).url.host, 'a');
});

t.test('read as kubectl does: merge keys, the last of a repeated key, `yes` and dates as strings', async (t) => {
  const text = `
current-context: x
clusters:
- {name: x, cluster: &x {server: "https://x", tls-server-name: yes}}
- {name: y, cluster: {<<: *x, server: "https://y"}}
contexts: [{name: x, context: {cluster: y, user: u, namespace: first, namespace: 2026-01-01}}]`;
  const { url, cluster, namespace } = resolve({ files: { [HOME]: text } });
  t.equal(url.host, 'y');
  t.equal(cluster.tlsServerName, 'yes');
  t.equal(namespace, '2026-01-01');
});

t.test('KUBECONFIG hides the file in the home folder', async (t) => {
  const files = { [HOME]: config('h', 'https://h') };
  t.equal(resolve({ files, env: { KUBECONFIG: '/none' } }).url.host, 'localhost:8080');
  t.equal(resolve({ files, env: { KUBECONFIG: '' } }).url.host, 'h');
});

t.test('--kubeconfig is taken alone and has to exist', async (t) => {
  const files = { '/a': config('a', 'https://a'), '/b': config('b', 'https://b') };
  const env = { KUBECONFIG: '/a' };
  t.equal(resolve({ files, env, flags: { kubeconfig: '/b' } }).url.host, 'b');
  t.equal(failure({ files, flags: { kubeconfig: '/none' } }), 'error: stat /none: no such file or directory');
});

t.test('relative paths belong to the folder of their file', async (t) => {
  const text = `
current-context: x
clusters: [{name: x, cluster: {server: "https://x", certificate-authority: ca.crt}}]
users: [{name: x, user: {tokenFile: ../token, exec: {command: ./bin/login, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}}]
contexts: [{name: x, context: {cluster: x, user: x}}]`;
  const files = { '/conf/k/config': text, '/conf/k/ca.crt': 'CA', '/conf/token': 't' };
  const { cluster, user } = resolve({ files, env: { KUBECONFIG: '/conf/k/config' } });
  t.equal(cluster.ca, '/conf/k/ca.crt');
  t.equal(user.tokenFile, '/conf/token');
  t.equal(user.exec?.command, '/conf/k/bin/login');
});

t.test('a command without a slash is left to PATH; v1beta1 defaults to interactive where possible', async (t) => {
  const text = config('a', 'https://a').replace(
    'token: token-of-a',
    'exec: {command: login, apiVersion: client.authentication.k8s.io/v1beta1}',
  );
  const { user } = resolve({ files: { [HOME]: text } });
  t.equal(user.exec?.command, 'login');
  t.equal(user.exec?.interactiveMode, 'IfAvailable');
});

t.test('flags override the file', async (t) => {
  const files = {
    [HOME]: config('a', 'https://a').replace('"https://a"', '"https://a", tls-server-name: in-file'),
    '/ca': 'CA',
  };
  const flags = { server: 'https://b:7443/prefix/', token: 'other', namespace: 'mine', ca: '/ca' };
  const connection = resolve({ files, flags });
  t.equal(connection.url.href, 'https://b:7443/prefix');
  t.equal(connection.user.token, 'other');
  t.equal(connection.namespace, 'mine');
  t.equal(connection.cluster.ca, '/ca');
  t.equal(connection.cluster.tlsServerName, '', 'a server from the command line forgets the TLS name of the file');
});

t.test('impersonation with groups, uid and extra', async (t) => {
  const flags = { as: 'eve', asGroups: ['one', 'two'], asUid: '7', asUserExtra: ['scope=a', 'scope=b', 'broken'] };
  const { impersonate } = resolve({ files: { [HOME]: config('a', 'https://a') }, flags });
  t.strictSame(impersonate, { user: 'eve', uid: '7', groups: ['one', 'two'], extra: { scope: ['a', 'b'] } });
});

t.test('no secret goes to a plain-text server', async (t) => {
  const { user } = resolve({ files: { [HOME]: config('a', 'http://a:8001') } });
  t.equal(user.token, '');
});

t.test('a context without a user keeps its cluster', async (t) => {
  const text =
    'current-context: x\nclusters: [{name: x, cluster: {server: "https://x", certificate-authority-data: Q0E=}}]\ncontexts: [{name: x, context: {cluster: x}}]';
  const { cluster, user } = resolve({ files: { [HOME]: text } });
  t.equal(cluster.caData, 'Q0E=');
  t.equal(user.token, '');
});

t.test('in a pod without a kubeconfig', async (t) => {
  const sa = '/var/run/secrets/kubernetes.io/serviceaccount';
  const files = { [`${sa}/token`]: 't', [`${sa}/namespace`]: 'apps\n', [`${sa}/ca.crt`]: 'CA' };
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const connection = resolve({ files, env });
  t.equal(connection.url.host, '10.0.0.1');
  t.equal(connection.user.tokenFile, `${sa}/token`);
  t.equal(connection.namespace, 'apps');
  t.equal(resolve({ files, env: { ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' } }).url.host, '[fd00::1]');
  const own = resolve({ files: { ...files, [HOME]: config('a', 'https://a') }, env });
  t.equal(own.url.host, 'a', 'a kubeconfig comes first');
});

t.test('problems, in the words of kubectl', async (t) => {
  const files = { [HOME]: config('a', 'https://a') };
  t.equal(failure({ files, flags: { context: 'x', namespace: 'n' } }), 'error: context "x" does not exist');
  t.equal(failure({ files, flags: { cluster: 'x', namespace: 'n' } }), 'error: cluster "x" does not exist');
  t.equal(failure({ files, flags: { user: 'x' } }), 'error: auth info "x" does not exist');
  t.equal(
    failure({ files: { [HOME]: 'current-context: gone' } }),
    'Error in configuration: context was not found for specified context: gone',
  );
  t.match(
    failure({ files: { [HOME]: 'kind: Config\na: [\n' } }),
    /^error: error loading config file "\/home\/user\/\.kube\/config": yaml: .* at line 3, column 1$/,
  );
  t.match(failure({ files: { [HOME]: 'a: 1\n---\nb: 2' } }), /yaml: Source contains multiple documents/);
  t.match(
    failure({ files, flags: { asGroups: ['g'] } }),
    /requesting uid, groups or user-extra for a without impersonating a user/,
  );
  t.match(
    failure({ files, flags: { ca: '/none' } }),
    /unable to read certificate-authority \/none for a due to open \/none: no such file/,
  );
  t.match(failure({ files, flags: { requestTimeout: 'soon' } }), /Invalid timeout value/);
  t.match(
    failure({ files: { [HOME]: config('a', 'https://a').replace('token-of-a', 'x, username: u, password: p') } }),
    /more than one authentication method found for a; found \[token basicAuth\], only one is allowed/,
  );
});

t.test('request time-outs', async (t) => {
  const files = { [HOME]: config('a', 'https://a') };
  t.equal(resolve({ files, flags: { requestTimeout: '5' } }).timeout, 5000);
  t.equal(resolve({ files, flags: { requestTimeout: '1m30s' } }).timeout, 90_000);
  t.equal(resolve({ files, flags: { requestTimeout: '0' } }).timeout, 0);
});
