import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { documents } from './documented-commands.ts'

const root = new URL('../../', import.meta.url)

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )

const links = documents.flatMap(file =>
  [...readFileSync(new URL(file, root), 'utf8').matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, to = '']) => ({
    file,
    to,
  })),
)

describe('a link in the documents', () => {
  it.each(links)('leads to something that is there: $file to $to', ({ file, to }) => {
    const [path = '', anchor] = to.split('#')
    const target = path === '' ? new URL(file, root) : new URL(path, new URL(file, root))
    expect(existsSync(target)).toBe(true)
    if (anchor !== undefined && target.pathname.endsWith('.md')) {
      expect(anchorsOf(readFileSync(target, 'utf8'))).toContain(anchor)
    }
  })
})
