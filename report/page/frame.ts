import { embedJson, html, type Markup, raw } from './html.ts'
import { style } from './style.ts'

export const recordElement = 'repoint-record'

export interface Frame {
  readonly title: string
  readonly body: readonly Markup[]
  /** What was shown, for programs. */
  readonly records: readonly unknown[]
}

/**
 * One file that asks nobody for anything: the policy forbids every request, and scripts altogether. The records are in
 * script elements of a type that no browser runs.
 */
export const frame = ({ title, body, records }: Frame): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline';img-src data:">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<main>
${body}
</main>
${records.map(
  (
    record,
    index,
  ) => html`<script type="application/json" id="${recordElement}${index === 0 ? '' : `-${index + 1}`}">${embedJson(record)}</script>
`,
)}</body>
</html>
`.text

/** The record inside a page, as JSON text; `undefined` where there is none. */
export const extractRecord = (page: string): string | undefined =>
  new RegExp(`<script type="application/json" id="${recordElement}">([^<]*)</script>`).exec(page)?.[1]
