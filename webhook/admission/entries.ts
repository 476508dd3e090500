/** The admission entries that exist once a mode. */
export const ENTRIES = ['mutate', 'promotion', 'guard'] as const;
export type Entry = (typeof ENTRIES)[number];
