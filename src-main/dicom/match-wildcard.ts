/** Wildcard matching in linear memory and without backtracking into earlier wildcards, PS3.4 C.2.2.2.4. */

/** True where `*` (any run, also an empty one) and `?` (one sign) make the pattern into the text. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  let index = 0;
  while (index < text.length) {
    if (at < pattern.length && pattern[at] === '*') [star, resume, at] = [at, index, at + 1];
    else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index]))
      [at, index] = [at + 1, index + 1];
    else if (star >= 0) [at, resume, index] = [star + 1, resume + 1, resume + 1];
    else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
