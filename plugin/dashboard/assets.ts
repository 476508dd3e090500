/** A file of the page. */
export interface Asset {
  readonly type: string;
  /** gzip, in base64. */
  readonly gzip: string;
}

/** The page's files by path. */
export type Assets = Readonly<Record<string, Asset>>;

/** The page inside the executable: `scripts/page.ts` puts it here when the plugin is bundled. Null outside of a bundle. */
export const BUNDLED: Assets | null = null;
