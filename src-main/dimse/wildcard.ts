/** Lists of UIDs with wildcards, as the settings hold them. */

/** Whether one of the patterns stands for the text; `*` is any run of characters, `?` any one. */
export function matcher(patterns: readonly string[]): (text: string) => boolean {
  const expressions = patterns.map(
    (pattern) =>
      new RegExp(
        `^${pattern
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.')}$`,
        's',
      ),
  );
  return (text) => expressions.some((expression) => expression.test(text));
}
