import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { ownSourceMap } from './build/own-source-map.ts'
import { trimSdk } from './build/trim-sdk.ts'

/**
 * Makes the folder that is deployed: `index.mjs`, which Lambda loads, and the bundle with its source map.
 *
 * The bundle is CommonJS, which needs no stand-in for `require`, behind an ES module, which alone can await the priming
 * before the runtime asks for the first invocation. One ES module of everything starts as fast.
 */

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bytes of everything that Lambda loads: all of the folder except the source map. */
export const artefactBudgetBytes = 450_000

export interface BuildOptions {
  /** The module that exports `handler` and, where it primes, the promise `primed`. */
  readonly entry?: string
  readonly outdir?: string
  readonly budgetBytes?: number
  readonly plugins?: readonly Plugin[]
}

export interface Artefact {
  readonly folder: string
  /** Without the source map. */
  readonly bytes: number
  /** Source files inside, relative to the repository. */
  readonly inputs: readonly string[]
}

/** @throws Error where the SDK no longer matches what is trimmed, or the artefact is larger than its budget. */
export const buildReconciler = async (options: BuildOptions = {}): Promise<Artefact> => {
  const {
    entry = join(root, 'functions/reconciler/handler.ts'),
    outdir = join(root, 'dist/reconciler'),
    budgetBytes = artefactBudgetBytes,
    plugins = [trimSdk(), ownSourceMap],
  } = options
  await mkdir(dirname(outdir), { recursive: true })
  const workshop = await mkdtemp(`${outdir}-`)
  try {
    // As deep as `outdir`, so that the paths of the source map hold.
    const { metafile } = await build({
      entryPoints: [entry],
      outfile: join(workshop, 'reconciler.cjs'),
      absWorkingDir: root,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      // The SDK's ES modules can be shaken, its CommonJS build cannot.
      mainFields: ['module', 'main'],
      minify: true,
      // Node prints the line that an uncaught error comes from.
      lineLimit: 500,
      legalComments: 'none',
      // Without a link in the bundle: `index.mjs` finds it.
      sourcemap: 'external',
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      plugins: [...plugins],
    })
    await copyFile(join(root, 'functions/build/index.mjs'), join(workshop, 'index.mjs'))
    const bytes = await loadedBytes(workshop)
    if (bytes > budgetBytes) throw new Error(`The artefact has ${bytes} bytes, its budget is ${budgetBytes}`)
    await replaceFolder(outdir, workshop)
    return { folder: outdir, bytes, inputs: Object.keys(metafile.inputs) }
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

const loadedBytes = async (folder: string): Promise<number> => {
  const loaded = (await readdir(folder)).filter(file => !file.endsWith('.map'))
  const sizes = await Promise.all(loaded.map(async file => (await stat(join(folder, file))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** File by file, so that whoever runs the artefact meanwhile finds each one, the old or the new. */
const replaceFolder = async (folder: string, by: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  const files = await readdir(by)
  for (const file of files) await rename(join(by, file), join(folder, file))
  const stale = (await readdir(folder)).filter(file => !files.includes(file))
  for (const file of stale) await rm(join(folder, file), { recursive: true })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, bytes } = await buildReconciler()
  console.log(`${folder}: ${(bytes / 1000).toFixed(1)} KB of ${artefactBudgetBytes / 1000} KB`)
}
