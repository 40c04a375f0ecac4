import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Makes what an installed package runs: the command line as JavaScript. Node strips types from sources of its own, never
 * from those of a package (https://nodejs.org/api/typescript.html#type-stripping-in-dependencies).
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const outdir = join(root, 'dist')

/** Beside `package.json` by one folder, as the sources are: the program reads its version there. */
export const compileCommandLine = async (): Promise<void> => {
  const stale = (await readdir(outdir).catch(() => [])).filter(name => /^cli.*\.mjs$/.test(name))
  for (const name of stale) await rm(join(outdir, name))
  await build({
    entryPoints: { cli: join(root, 'cli/main.ts') },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'cli-[hash]',
    bundle: true,
    // What a command needs is loaded with that command.
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    legalComments: 'none',
    logLevel: 'warning',
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileCommandLine()
