/**
 * `*` is any text, and `any` one character. Only the last `*` is tried again: a regular expression would try every
 * combination.
 */
export const isLike = (value: string, pattern: string, any = '?'): boolean => {
  let [at, from, star, tried] = [0, 0, -1, 0]
  while (at < value.length) {
    if (pattern[from] === '*') [star, tried] = [from++, at]
    else if (pattern[from] === any || pattern[from] === value[at]) {
      at++
      from++
    } else if (star < 0) return false
    else [from, at] = [star + 1, ++tried]
  }
  return [...pattern.slice(from)].every(character => character === '*')
}
