/** Where the pages of docs/ are published; the chart's default of `docsUrl`. */
export const DOCS_URL = 'https://bluegreen.dev/docs';
