import { pageText } from './page.ts';

/** The code blocks of a language on a page of docs, in their order, without the indentation of the list they stand in. */
export function blocksOf(page: string, language: string): readonly string[] {
  const pattern = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm');
  return [...pageText(page).matchAll(pattern)].map(([, indent = '', block = '']) =>
    block
      .split('\n')
      .map((line) => line.slice(indent.length))
      .join('\n')
      .trim(),
  );
}
