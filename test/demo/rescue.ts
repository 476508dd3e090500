import { REGISTRY } from '../cluster/index.ts';
import type { ImageSpec } from '../../images/image.ts';
import { serve } from '../browser/dashboard.ts';
import { bundleOf } from '../images/bundles.ts';
import { demoImage } from '../images/specs.ts';
import { expectDone, expectRecovery, NAME, NAMESPACE } from './stage.ts';
import type { Recovery, Stage } from './stage.ts';

const IN = `-n ${NAMESPACE}`;
const BAD_IMAGE = `${REGISTRY}/bluegreen-demo:6.1.7`;

/** A version that passes its smoke test, and answers a fifth of its customers with 500. */
export async function badImage(): Promise<ImageSpec> {
  const image = await demoImage(await bundleOf('demo-app'), '6.1.7', [BAD_IMAGE]);
  return { ...image, run: { ...image.run, Env: [...(image.run.Env ?? []), 'FAULT_ERROR_RATE=0.2'] } };
}

/** A release that fails its analysis and rolls itself back; then its color goes out of service, as one command. */
export async function rescue(stage: Stage): Promise<Recovery> {
  const { screen } = stage;
  screen.step('A bad release: blue gets 6.1.7, passes its smoke test, fails in production, and rolls itself back');
  // Blue is the version to go back to, and was active a minute ago: it is kept for ten minutes, unless told otherwise.
  const given = `--image podinfo=${BAD_IMAGE} --overwrite-rollback --path /healthz --analyze 30s --baseline 2s`;
  const recovery = await expectRecovery(stage, `bluegreen release ${NAME} ${IN} ${given}`, 'green');

  screen.step('Take what failed out of service again, in one command');
  await expectDone(stage, `bluegreen decommission ${NAME} ${IN} --color blue --after 1ms`);
  await expectDone(stage, `bluegreen history ${NAME} ${IN}`);
  return recovery;
}

/** The page in the browser: its address, and that it answers with the page and with the release. */
export async function showPage(stage: Stage): Promise<void> {
  const { screen, problems, kube } = stage;
  screen.step('The same in a browser');
  screen.command(`kubectl bluegreen dashboard ${IN}`);
  const served = await serve(kube, '-n', NAMESPACE);
  const { url, origin } = served;
  screen.output(url);
  try {
    const page = await fetch(url, { redirect: 'manual' });
    const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? '';
    if (!(await page.text()).includes('<script')) problems.push(`${origin} does not answer with the page`);
    if (!(await hears(`${origin}/events`, cookie, NAME))) problems.push(`${origin} does not show ${NAME}`);
    else screen.output(`the page answers, and shows ${NAME}`);
  } finally {
    await served.stop();
  }
}

/** Whether a stream of events has a text before it ends. */
async function hears(url: string, cookie: string, text: string): Promise<boolean> {
  const { body } = await fetch(url, { headers: { cookie } });
  let heard = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    heard += chunk;
    if (heard.includes(text)) return true;
  }
  return false;
}
