// Tries, as a dry run, to create a TraefikService that must be denied, and looks at who denied it; where the mode of the
// chart denies nothing, whether it is accepted. Then waits until promotions are denied while no webhook answers, which
// begins some seconds after an installation.
const { readFileSync } = require('node:fs');
const { request } = require('node:https');

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const { TEST_NAMESPACE: namespace, CONFIGURATION: configuration, MODE: mode } = process.env;
const PROMOTION = 'promotion.bluegreen.dev';
const ARMED_WITHIN_S = 20;

function create(group) {
  const body = JSON.stringify({
    apiVersion: `${group}/v1alpha1`,
    kind: 'TraefikService',
    metadata: { generateName: 'bluegreen-test-', namespace },
    spec: { weighted: { services: [{ name: 'blue', weight: 60 }, { name: 'green', weight: 30 }] } },
  });
  return ask('POST', `/apis/${group}/v1alpha1/namespaces/${namespace}/traefikservices?dryRun=All`, body);
}

function ask(method, path, body) {
  const options = {
    host,
    port,
    method,
    path,
    ca: readFileSync(`${ACCOUNT}/ca.crt`),
    headers: {
      authorization: `Bearer ${readFileSync(`${ACCOUNT}/token`, 'utf8')}`,
      'content-type': 'application/json',
    },
    timeout: 20_000,
  };
  return new Promise((resolve, reject) => {
    const call = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (text += part));
      const { warning = '' } = response.headers;
      response.on('end', () => resolve({ status: response.statusCode, text, warning }));
    });
    call.on('timeout', () => call.destroy(new Error('the API server did not answer within 20 s')));
    call.on('error', reject);
    call.end(body);
  });
}

function messageOf(text) {
  try {
    return String(JSON.parse(text).message);
  } catch {
    return text;
  }
}

function judge(group, { status, text, warning }) {
  const message = messageOf(text);
  if (status === 404 && /could not find the requested resource|page not found/.test(message)) return null;
  if (message.includes('admission webhook "mutate.bluegreen.dev" denied') && message.includes('weights-total'))
    return { passed: true, line: `${group}: denied by the webhook, as it should be: ${message}` };
  if (message.includes('ValidatingAdmissionPolicy'))
    return {
      passed: false,
      line: `${group}: denied by the policy in the API server only: the webhook did not answer in time. See its logs and the API server's. ${message}`,
    };
  if (status === 201 && mode === 'warn' && !warning.includes('would be denied'))
    return {
      passed: false,
      line: `${group}: accepted without a warning, though the mode is warn: the webhook did not answer. See its logs.`,
    };
  if (status === 201 && mode !== 'enforce')
    return { passed: true, line: `${group}: accepted, as it should be in the mode ${mode}` };
  if (status === 201)
    return {
      passed: false,
      line: `${group}: a TraefikService with weights 60 and 30 was accepted. Is the mode of namespace ${namespace} enforce, and is it not excluded? (value tests.namespace)`,
    };
  return { passed: false, line: `${group}: unexpected answer ${status}: ${message}` };
}

async function armed() {
  const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${configuration}`;
  for (let second = 0; ; second++) {
    const { status, text } = await ask('GET', path);
    if (status !== 200) return { passed: false, line: `${path}: unexpected answer ${status}: ${messageOf(text)}` };
    const { failurePolicy } = JSON.parse(text).webhooks.find(({ name }) => name === PROMOTION) ?? {};
    if (failurePolicy === 'Fail') return { passed: true, line: 'promotions are denied while no webhook answers' };
    if (second === ARMED_WITHIN_S)
      return {
        passed: false,
        line: `promotions are allowed while no webhook answers: the webhook ${PROMOTION} has failurePolicy ${failurePolicy}. See the webhook's logs.`,
      };
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function tell({ passed, line }) {
  console.log(line);
  if (!passed) process.exitCode = 1;
}

async function main() {
  let tried = 0;
  for (const group of ['traefik.io', 'traefik.containo.us']) {
    const verdict = judge(group, await create(group));
    if (verdict === null) continue;
    tried += 1;
    tell(verdict);
  }
  tell(await armed());
  if (tried > 0) return;
  console.log('There are no TraefikServices in this cluster: install the custom resource definitions of Traefik first.');
  process.exitCode = 1;
}

main().catch((error) => {
  console.log(`The API server could not be asked: ${error.message}`);
  process.exitCode = 1;
});
