/** Where the test cluster's own images are said to come from; nothing is ever pulled from there. */
export const REGISTRY = 'registry.local';

export const PAUSE_IMAGE = `${REGISTRY}/pause:1`;

export const NODE_NAME = 'node1';
