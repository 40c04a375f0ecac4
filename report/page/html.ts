/** Text that is markup already. Everything else is escaped. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | undefined | false | readonly Part[]

/** A tagged template that escapes what is put into it, so that no name or error text can become markup. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(texts.map((text, index) => text + (index < parts.length ? render(parts[index]) : '')).join(''))

export const raw = (text: string): Markup => new Markup(text)

const render = (part: Part): string => {
  if (part instanceof Markup) return part.text
  if (part === undefined || part === false) return ''
  return typeof part === 'object' ? part.map(render).join('') : escapeText(String(part))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Without what reorders a line on the screen (marks for right-to-left text), is invisible, or is not allowed in XML. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, found => (found === '\n' || found === '\t' ? found : '\ufffd'))

export const escapeText = (text: string): string =>
  printable(text).replace(/[&<>"']/g, found => entities[found] ?? found)

/**
 * JSON inside a script element: neither the element nor an HTML comment can be ended or begun from within, and the
 * line separators that JSON allows and older JavaScript does not are written as escapes.
 */
export const embedJson = (value: unknown): Markup =>
  new Markup(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  )
