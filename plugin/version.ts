import manifest from '../package.json' with { type: 'json' };

/** The version of the plugin: the package's. */
export const VERSION: string = manifest.version;
