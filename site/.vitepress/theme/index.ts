import DefaultTheme from 'vitepress/theme';
import { useRoute } from 'vitepress';
import { nextTick, onMounted, watch } from 'vue';

interface Mermaid {
  initialize(options: object): void;
  run(options: { readonly querySelector: string }): Promise<void>;
}

let loading: Promise<Mermaid> | undefined;

/** Loads what draws diagrams; a page without one does not need it. */
function load(): Promise<Mermaid> {
  return (loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = '/mermaid.js';
    script.addEventListener('load', () => {
      const mermaid: Mermaid = Reflect.get(window, 'mermaid');
      const dark = document.documentElement.classList.contains('dark');
      mermaid.initialize({ startOnLoad: false, theme: dark ? 'dark' : 'default' });
      resolve(mermaid);
    });
    script.addEventListener('error', () => reject(new Error('mermaid.js could not be loaded')));
    document.head.append(script);
  }));
}

async function draw(): Promise<void> {
  const querySelector = 'pre.mermaid:not([data-processed])';
  if (document.querySelector(querySelector) !== null) await (await load()).run({ querySelector });
}

export default {
  extends: DefaultTheme,
  setup() {
    const route = useRoute();
    onMounted(draw);
    watch(
      () => route.path,
      () => void nextTick(draw),
    );
  },
};
