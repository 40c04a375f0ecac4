import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/**
 * Keeps packages out of the source map: theirs are nine tenths of it, and Node holds the whole map in memory from the
 * start. Stack traces then name our files and lines, and for packages the place in the bundle.
 *
 * An input whose own map is empty adds nothing (https://github.com/evanw/esbuild/issues/1685).
 */
export const ownSourceMap: Plugin = {
  name: 'own-source-map',
  setup(build) {
    build.onLoad({ filter: /[\\/]node_modules[\\/].*\.m?js$/ }, async ({ path }) => ({
      contents: withoutMap(await readFile(path, 'utf8')),
      loader: 'js',
    }))
  },
}

const emptyMap = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64')

export const withoutMap = (source: string): string =>
  `${source}\n//# sourceMappingURL=data:application/json;base64,${emptyMap}`
