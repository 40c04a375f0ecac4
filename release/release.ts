import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { zip, zipFolder } from '../functions/build/zip.ts'

/** `npm run release`: the files of a release and their checksums, in dist/release. `npm pack` compiles first. */

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'dist/release')

/**
 * The bill of materials of what was locked, development tools included: what the files were made of and with.
 * @throws Error where npm cannot tell
 */
export const billOfMaterials = async (): Promise<string> => {
  const asked = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
  const { stdout } = await promisify(execFile)('npm', asked, { cwd: root, maxBuffer: 64 * 1024 * 1024 })
  return stdout
}

/** Without what a run of Terraform leaves behind. */
const filesOf = async (folder: string): Promise<string[]> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter(it => it.isFile())
    .map(it => relative(folder, join(it.parentPath, it.name)).replaceAll('\\', '/'))
    .filter(path => !/(^|\/)\.terraform|\.tfstate/.test(path))
}

export const release = async (): Promise<readonly string[]> => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  await promisify(execFile)('npm', ['pack', '--ignore-scripts=false', '--pack-destination', target], { cwd: root })
  const lambda = await zipFolder(join(root, 'dist/reconciler'))
  await writeFile(join(target, `repoint-reconciler-${version}.zip`), lambda)
  const module = join(root, 'terraform')
  const files = await Promise.all(
    (await filesOf(module)).map(async path => [path, await readFile(join(module, path))] as const),
  )
  // The module finds the function beside itself.
  const complete = zip([...files, ['reconciler.zip', lambda], ['LICENSE', await readFile(join(root, 'LICENSE'))]])
  await writeFile(join(target, `repoint-terraform-${version}.zip`), complete)
  await writeFile(join(target, `repoint-${version}.cdx.json`), await billOfMaterials())
  const made = (await readdir(target)).toSorted()
  const sums = await Promise.all(
    made.map(
      async name =>
        `${createHash('sha256')
          .update(await readFile(join(target, name)))
          .digest('hex')}  ${name}\n`,
    ),
  )
  await writeFile(join(target, 'SHA256SUMS'), sums.join(''))
  return [...made, 'SHA256SUMS'].map(name => join(target, name))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of await release()) console.log(file)
}
