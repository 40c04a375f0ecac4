/**
 * Text of files, AWS, databases and DNS is somebody else's, and a terminal obeys what it finds in it. This is the one table
 * of what it would obey; `cli/terminal.ts` is the command line's filter over it.
 */

/** Controls, formats and separators of Unicode. */
export const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** As JavaScript would write it: `\x1b`, `\u202e`, `\u{e0001}`. */
const written = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`
}

/** Several lines as they are; everything else that a terminal would obey can be read. */
export const visible = (text: string): string =>
  text.replace(unprintable, found => (found === '\n' || found === '\t' ? found : written(found)))

/** One line: its line breaks can be read, too. */
export const visibleLine = (text: string): string =>
  text.replace(unprintable, found => (found === '\n' ? '\\n' : written(found)))
