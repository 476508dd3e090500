import type { Files } from './kubeconfig.ts';
import type { Cluster, User } from './kubeconfig-file.ts';

/** What is wrong with a user's credentials, in kubectl's words. */
export function userProblems(name: string, user: User, files: Files): readonly string[] {
  const problems: string[] = [];
  if (user.cert || user.certData) {
    if (user.cert && user.certData) {
      problems.push(`client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`);
    }
    if (user.key && user.keyData) {
      problems.push(`client-key-data and client-key are both specified for ${name}; client-key-data will override`);
    }
    if (!user.key && !user.keyData) {
      problems.push(
        `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
      );
    }
    problems.push(
      ...unreadable('client-cert', user.cert, name, files),
      ...unreadable('client-key', user.key, name, files),
    );
  }
  problems.push(...execProblems(name, user));
  const methods = [...(user.token ? ['token'] : []), ...(user.username || user.password ? ['basicAuth'] : [])];
  if (methods.length > 1) {
    problems.push(
      `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
    );
  }
  if ((user.asUid || user.asGroups.length > 0 || Object.keys(user.asExtra).length > 0) && !user.as) {
    problems.push(`requesting uid, groups or user-extra for ${name} without impersonating a user`);
  }
  return problems;
}

function execProblems(name: string, { exec, authProvider }: User): readonly string[] {
  if (exec === null) return [];
  const problems: string[] = [];
  const use = 'to use exec authentication plugin';
  if (authProvider) problems.push(`authProvider cannot be provided in combination with an exec plugin for ${name}`);
  if (!exec.command) problems.push(`command must be specified for ${name} ${use}`);
  if (!exec.apiVersion) problems.push(`apiVersion must be specified for ${name} ${use}`);
  for (const variable of exec.env) {
    if (!variable.name) problems.push(`env variable name must be specified for ${name} ${use}`);
  }
  if (!exec.interactiveMode) problems.push(`interactiveMode must be specified for ${name} ${use}`);
  else if (!['Never', 'IfAvailable', 'Always'].includes(exec.interactiveMode)) {
    problems.push(`invalid interactiveMode for ${name}: "${exec.interactiveMode}"`);
  }
  return problems;
}

/** What is wrong with a cluster's entry, in kubectl's words. */
export function clusterProblems(name: string, cluster: Cluster, files: Files): readonly string[] {
  const problems: string[] = [];
  if (cluster.proxyUrl !== '') {
    const scheme = URL.canParse(cluster.proxyUrl) ? new URL(cluster.proxyUrl).protocol.slice(0, -1) : '';
    if (!['http', 'https', 'socks5'].includes(scheme)) {
      const why = `unsupported scheme "${scheme}", must be http, https, or socks5`;
      problems.push(`invalid 'proxy-url' "${cluster.proxyUrl}" for cluster "${name}": ${why}`);
    }
  }
  if (cluster.ca && cluster.caData) {
    problems.push(
      `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
    );
  }
  problems.push(...unreadable('certificate-authority', cluster.ca, name, files));
  return problems;
}

function unreadable(what: string, path: string, name: string, files: Files): readonly string[] {
  if (path === '') return [];
  const problem = `unable to read ${what} ${path} for ${name} due to open ${path}:`;
  try {
    return files.read(path) === null ? [`${problem} no such file or directory`] : [];
  } catch {
    return [`${problem} permission denied`];
  }
}
