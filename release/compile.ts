import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build, type Metafile, type Plugin } from 'esbuild'
import { noticesOf } from '../functions/build/notices.ts'
import { scriptOf } from '../infra/constructs/inline-script.ts'

/**
 * Makes what an installed package runs, as JavaScript: the command line, and the construct library. Node strips types
 * from sources of its own, never from those of a package
 * (https://nodejs.org/api/typescript.html#type-stripping-in-dependencies).
 *
 * What is made lies beside `package.json` by one folder, as the sources do: paths that begin with `..` hold for both.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const outdir = join(root, 'dist')

const shared = {
  outdir,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node22.12',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const

const compileCommandLine = async (): Promise<Metafile> => {
  const { metafile } = await build({
    ...shared,
    entryPoints: { cli: join(root, 'cli/main.ts') },
    outExtension: { '.js': '.mjs' },
    chunkNames: 'cli-[hash]',
    // What a command needs is loaded with that command.
    splitting: true,
    format: 'esm',
  })
  return metafile
}

/** Custom resources are bundled here, so that a synthesis needs no bundler. */
const bundledScripts: Plugin = {
  name: 'bundled-scripts',
  setup: ({ onLoad }) => {
    onLoad({ filter: /infra\/constructs\/inline-script\.ts$/ }, async () => {
      const folder = join(root, 'infra/custom-resources')
      const scripts: Record<string, string> = {}
      for (const name of await readdir(folder)) {
        const isHandler = /^export const handler\b/m.test(await readFile(join(folder, name), 'utf8'))
        if (isHandler) scripts[`custom-resources/${name}`] = scriptOf(`custom-resources/${name}`)
      }
      const contents = `import { Code } from 'aws-cdk-lib/aws-lambda'
const scripts = ${JSON.stringify(scripts)}
export const inlineScript = module => Code.fromInline(scripts[module])`
      return { contents, loader: 'js' }
    })
  },
}

/** Rules for our own app; without a user of the import it leaves nothing behind. */
const withoutNag: Plugin = {
  name: 'without-nag',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^cdk-nag$/ }, ({ path }) => ({ path, external: true, sideEffects: false }))
  },
}

/** CommonJS, which both kinds of module import: one copy of every class. */
const compileLibrary = async (): Promise<Metafile> => {
  const { metafile } = await build({
    ...shared,
    entryPoints: { cdk: join(root, 'infra/index.ts') },
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href" },
    plugins: [bundledScripts, withoutNag],
  })
  return metafile
}

/**
 * Nobody else's code is in them today: their packages are installed beside them, with their own licences. What is bundled
 * one day is held to the list of licences, and its notices are in the package. The function has its own file.
 */
const writeNotices = async (metafiles: readonly Metafile[]): Promise<void> => {
  const outputs = Object.assign({}, ...metafiles.map(metafile => metafile.outputs))
  await writeFile(join(outdir, 'NOTICE'), (await noticesOf({ inputs: {}, outputs }, root)) || noOthers)
}

const noOthers = `The command line and the construct library contain no code of other packages: npm installs those beside them, each
with its own licence. What the function contains is in reconciler/NOTICE.
`

/** Files of the library that a user's compiler reads. */
const declared = [
  'index',
  'consumer-props',
  'fleet-operations',
  'front-door-props',
  'front-door-target',
  'rds-consumer',
  'rds-front-door',
  'rds-resource-gateway',
  'shared-endpoint',
  'shared-load-balancer',
]

const declareLibrary = async (): Promise<void> => {
  const folder = await mkdtemp(join(outdir, 'declarations-'))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  try {
    await promisify(execFile)(process.execPath, [tsc, '--project', join(root, 'release'), '--outDir', folder])
    const types = join(outdir, 'cdk')
    await rm(types, { recursive: true, force: true })
    await mkdir(types)
    // A declaration is of CommonJS where the nearest package.json says so.
    await writeFile(join(types, 'package.json'), '{ "type": "commonjs" }\n')
    for (const name of declared) {
      const text = await readFile(join(folder, 'infra', `${name}.d.ts`), 'utf8')
      await writeFile(join(types, `${name}.d.ts`), text.replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const compile = async (): Promise<void> => {
  await mkdir(outdir, { recursive: true })
  const stale = (await readdir(outdir)).filter(name => /^(cli.*\.mjs|cdk\.cjs)$/.test(name))
  for (const name of stale) await rm(join(outdir, name))
  const [commandLine, library] = await Promise.all([compileCommandLine(), compileLibrary(), declareLibrary()])
  await writeNotices([commandLine, library])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compile()
