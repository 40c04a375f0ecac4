import { createRequire, SourceMap } from 'node:module'

const require = createRequire(import.meta.url)
const bundle = require.resolve('./reconciler.cjs')

/**
 * Stack traces name our files and lines. The source map is read when the first trace is asked for: with
 * `--enable-source-maps` Node prepares for one from the start, which costs 6 MB.
 */
let sourceMap
const translate = place =>
  place.replace(bundle, 'reconciler.cjs').replace(/reconciler\.cjs:(\d+):(\d+)/, (found, line, column) => {
    sourceMap ??= new SourceMap(JSON.parse(require('node:fs').readFileSync(`${bundle}.map`, 'utf8')))
    const { originalSource, originalLine, originalColumn } = sourceMap.findEntry(line - 1, column - 1)
    return originalSource
      ? `${originalSource.replace(/^(\.\.\/)+/, '')}:${originalLine + 1}:${originalColumn + 1}`
      : found
  })

Error.prepareStackTrace = (error, calls) => {
  const places = calls.map(String)
  try {
    return [String(error), ...places.map(translate)].join('\n    at ')
  } catch {
    return [`${error?.name}: ${error?.message}`, ...places].join('\n    at ')
  }
}

const { handler, primed } = require('./reconciler.cjs')
await primed

export { handler }
