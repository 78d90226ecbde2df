/** Wildcard matching in linear memory and without backtracking into earlier wildcards, PS3.4 C.2.2.2.4. */

/** True where `*` (any run, also an empty one) and `?` (one sign) make the pattern into the text. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let index = 0;
  /* The last `*` seen, and where in the text it is tried next. */
  let star = -1;
  let resume = 0;
  while (index < text.length) {
    const sign = pattern[at];
    if (sign === '*') {
      star = at++;
      resume = index;
    } else if (sign === '?' || sign === text[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
