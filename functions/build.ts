import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { noticesOf } from './build/notices.ts'
import { ownSourceMap } from './build/own-source-map.ts'

/**
 * Makes the folder that is deployed: `index.mjs`, which Lambda loads, and the bundle in chunks, each with its source map.
 *
 * Nobody else's source is rewritten, so that the AWS SDK can be upgraded like any dependency. What keeps the bundle small:
 * the SDK's ES modules, which can be shaken; one stand-in for its credential chain; and the clients that not every
 * configuration needs behind `import()`.
 */

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bytes of all that a `swap` loads, of a cluster too; source maps are not loaded until an error is traced. */
export const swapBudgetBytes = 450_000

/** Only `standby` asks for these. */
const loadedByStandbyAlone = ['functions/reconciler/adapters/ec2.ts']

export interface BuildOptions {
  /** The module that exports `handler` and, where it primes, the promise `primed`. */
  readonly entry?: string
  readonly outdir?: string
  readonly budgetBytes?: number
  readonly warn?: (text: string) => void
}

export interface Artefact {
  readonly folder: string
  /** Bytes of the files that a `swap` loads. */
  readonly swapBytes: number
  /** Their names. */
  readonly swapFiles: readonly string[]
  /** esbuild's account of every input and output (https://esbuild.github.io/api/#metafile). */
  readonly metafile: Metafile
}

/** An artefact above its budget is made all the same, and `warn` told: a deployment or its removal must not fail by it. */
export const buildReconciler = async (options: BuildOptions = {}): Promise<Artefact> => {
  const {
    entry = join(root, 'functions/reconciler/handler.ts'),
    outdir = join(root, 'dist/reconciler'),
    budgetBytes = swapBudgetBytes,
    warn = console.warn,
  } = options
  await mkdir(dirname(outdir), { recursive: true })
  const workshop = await mkdtemp(`${outdir}-`)
  try {
    const metafile = await bundle(entry, workshop)
    await copyFile(join(root, 'functions/build/index.mjs'), join(workshop, 'index.mjs'))
    const notices = await noticesOf(metafile, root)
    if (notices !== '') await writeFile(join(workshop, 'NOTICE'), notices)
    const swapFiles = ['index.mjs', ...filesOfSwap(metafile)]
    const sizes = await Promise.all(swapFiles.map(async file => (await stat(join(workshop, file))).size))
    const swapBytes = sizes.reduce((sum, size) => sum + size, 0)
    await replaceFolder(outdir, workshop)
    if (swapBytes > budgetBytes) warn(budgetWarning(swapBytes, budgetBytes))
    return { folder: outdir, swapBytes, swapFiles, metafile }
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

/** `outdir` is as deep as the folder that is deployed, so that the paths of the source maps hold. */
const bundle = async (entry: string, outdir: string): Promise<Metafile> => {
  const { metafile } = await build({
    entryPoints: { reconciler: entry },
    outdir,
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    // The SDK's ES modules can be shaken, its CommonJS build cannot.
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': join(root, 'functions/build/no-credential-chain.ts') },
    minify: true,
    // Node prints the line that an uncaught error comes from.
    lineLimit: 500,
    legalComments: 'none',
    // Without a link in the bundle: `index.mjs` finds them.
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
    plugins: [ownSourceMap],
  })
  return metafile
}

/** The entry, what it imports, and what our own code loads on demand, save for `standby`. */
const filesOfSwap = ({ outputs }: Metafile): string[] => {
  const isOurs = (path: string): boolean => {
    const module = outputs[path]?.entryPoint ?? ''
    return module.startsWith('functions/') && !loadedByStandbyAlone.includes(module)
  }
  const found = new Set<string>()
  const follow = (path: string): void => {
    if (found.has(path)) return
    found.add(path)
    for (const { path: next, kind, external } of outputs[path]?.imports ?? []) {
      if (!external && (kind === 'import-statement' || isOurs(next))) follow(next)
    }
  }
  for (const path of Object.keys(outputs)) if (basename(path) === 'reconciler.mjs') follow(path)
  return [...found].map(path => basename(path))
}

const inKb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`

const budgetWarning = (bytes: number, budget: number): string =>
  `WARNING: a swap loads ${inKb(bytes)}, which is ${inKb(bytes - budget)} more than its budget of ${inKb(budget)}. The function works, and starts more slowly. Compare what it is made of with the last build: https://esbuild.github.io/analyze/`

/** File by file, so that whoever runs the artefact meanwhile finds each one, the old or the new. */
const replaceFolder = async (folder: string, by: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  const files = await readdir(by)
  for (const file of files) await rename(join(by, file), join(folder, file))
  const stale = (await readdir(folder)).filter(file => !files.includes(file))
  for (const file of stale) await rm(join(folder, file), { recursive: true })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, swapBytes } = await buildReconciler()
  console.log(`${folder}: a swap loads ${inKb(swapBytes)} of at most ${inKb(swapBudgetBytes)}`)
}
