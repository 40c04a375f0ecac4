import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

/** Licences under which the code may be passed on inside the artefact when their text goes with it. SPDX identifiers. */
export const allowedLicences: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
])

interface Package {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly author?: string | { readonly name: string }
}

/** Folders of the packages whose code is in the bundle, as esbuild accounts for it: what is shaken off is not in it. */
const packagesIn = ({ outputs }: Metafile): string[] => {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  )
  const folders = used.flatMap(path => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])
  return [...new Set(folders)].sort()
}

/**
 * The copyright notices and licences of what others wrote and the bundle contains; empty where it contains nothing.
 *
 * @throws Error for a package whose licence is not on the list, or which brings no text of it.
 */
export const noticesOf = async (metafile: Metafile, root: string): Promise<string> => {
  const byText = new Map<string, string[]>()
  for (const folder of packagesIn(metafile)) {
    const about: Package = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
    const { name, version, license } = about
    if (!allowedLicences.has(license))
      throw new Error(`${name}: its licence is ${license}, which is not on the list in notices.ts`)
    const text = (await textIn(join(root, folder))) || ownTerms(about)
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const notices = [...byText].map(([text, packages]) => `${packages.join('\n')}\n\n${text}`)
  const title = 'This artefact contains code of these packages, each under the terms below it.'
  return notices.length === 0 ? '' : `${[title, ...notices].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

const textIn = async (folder: string): Promise<string> => {
  const names = (await readdir(folder)).filter(name => /^(licen[cs]e|notice|copying)/i.test(name)).sort()
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return texts.map(text => text.replaceAll('\r\n', '\n').trim()).join('\n\n')
}

/** For a package that names its licence and brings no text of it. */
const ownTerms = ({ name, license, author }: Package): string => {
  if (license === '0BSD' || license === 'MIT-0') return 'This licence asks for no notice.'
  const holder = typeof author === 'string' ? author : author?.name
  if (license !== 'MIT' || !holder) throw new Error(`${name}: it has no file with its licence, ${license}`)
  return `Copyright (c) ${holder}\n\n${mit}`
}

// https://spdx.org/licenses/MIT.html
const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`
