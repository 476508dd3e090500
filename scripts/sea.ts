/** Options of Node's Single Executable Applications; a user's NODE_OPTIONS must not reach the plugin. */
export const SEA = { disableExperimentalSEAWarning: true, useSnapshot: false, execArgvExtension: 'none' } as const;
