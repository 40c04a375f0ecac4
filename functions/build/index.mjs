/**
 * Stack traces name our files and lines. The source maps are read when the first trace is asked for: with
 * `--enable-source-maps` Node prepares for one from the start, which costs 6 MB.
 */
const here = new URL('.', import.meta.url)
const sourceMaps = new Map()

const sourceMapOf = file => {
  if (!sourceMaps.has(file)) {
    const { SourceMap } = process.getBuiltinModule('node:module')
    const { readFileSync } = process.getBuiltinModule('node:fs')
    sourceMaps.set(file, new SourceMap(JSON.parse(readFileSync(new URL(`${file}.map`, here), 'utf8'))))
  }
  return sourceMaps.get(file)
}

const translate = place =>
  place.replace(here.href, '').replace(/([\w-]+\.mjs):(\d+):(\d+)/, (found, file, line, column) => {
    const { originalSource, originalLine, originalColumn } = sourceMapOf(file).findEntry(line - 1, column - 1)
    return originalSource
      ? `${originalSource.replace(/^(\.\.\/)+/, '')}:${originalLine + 1}:${originalColumn + 1}`
      : found
  })

const translateOrKeep = place => {
  try {
    return translate(place)
  } catch {
    return place
  }
}

Error.prepareStackTrace = (error, calls) =>
  [String(error), ...calls.map(call => translateOrKeep(String(call)))].join('\n    at ')

// After the lines above, so that an error while it loads is translated too.
const { handler, primed } = await import('./reconciler.mjs')
await primed

export { handler }
