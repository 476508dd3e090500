import manifest from '../package.json' with { type: 'json' };

/** The one version of everything that is released together, from package.json. */
export const VERSION: string = manifest.version;
