import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLab } from '../cli/standing-lab.ts'
import { fetchNode, manifest, type Packed, type Place, pack, placeWith, root } from './installed.ts'

const folder = mkdtempSync(join(tmpdir(), 'repoint-package-'))
let packed: Packed
beforeAll(() => {
  packed = pack(folder)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }), 240_000)

describe('the package', () => {
  it('holds the command, the function, the schemas and no test or laboratory', () => {
    expect(packed.file).toContain(`repoint-${manifest.version}.tgz`)
    expect(packed.paths).toEqual(
      expect.arrayContaining([
        'cli/repoint.mjs',
        'dist/cli.mjs',
        'dist/reconciler/index.mjs',
        'repoint.schema.json',
        'report/record.schema.json',
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'package.json',
      ]),
    )
    const top = new Set(packed.paths.map(path => path.split('/')[0]))
    expect(
      [...top].filter(it => ['test', 'lab', 'functions', 'docs', 'examples', 'terraform'].includes(it ?? '')),
    ).toEqual([])
    expect(packed.paths.filter(path => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([])
  })

  it('depends on what its code imports, and on nothing else', () => {
    const compiled = readdirSync(join(root, 'dist')).filter(name => /^cli.*\.mjs$/.test(name))
    const texts = compiled.map(name => readFileSync(join(root, 'dist', name), 'utf8'))
    const named = texts.flatMap(text => [...text.matchAll(/(?:^import .*|^} from |\bimport\()"([@\w][\w./-]*)"/gm)])
    const imported = new Set(named.map(([, name = '']) => packageOf(name)))
    expect([...imported].toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted())
  })
})

/** `pg/lib/x` is of `pg`, `@a/b/c` of `@a/b`. */
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

describe.each([22, 24])('installed in an empty folder on Node %i', { timeout: 120_000 }, major => {
  let place: Place | undefined
  beforeAll(() => {
    const node = fetchNode(join(folder, `node-${major}`), major)
    if (typeof node === 'string') console.warn(`The package is not installed on Node ${major}: ${node}`)
    else place = placeWith(join(folder, `user-${major}`), node.bin)
    const installed = place?.run('npm', ['install', packed.file])
    if (installed && installed.code !== 0) throw new Error(installed.stderr)
    expect(installed?.stderr ?? '').not.toContain('EBADENGINE')
  }, 240_000)

  it('answers with its version and help', ({ skip }) => {
    if (!place) return skip()
    expect(place.run('node', ['--version']).stdout).toMatch(new RegExp(`^v${major}\\.`))
    expect(place.run('repoint', ['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
    expect(place.run('repoint', ['status', '--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Usage: repoint status [options]'),
      stderr: '',
    })
  })

  it('says what it needs where there are no settings', ({ skip }) => {
    if (!place) return skip()
    expect(place.run('repoint', ['status'])).toMatchObject({ code: 2, stderr: expect.stringContaining('repoint.json') })
  })

  it('completes what is typed in bash', ({ skip }) => {
    if (!place) return skip()
    const script = [
      'source <(repoint completion bash)',
      'COMP_WORDS=(repoint res); COMP_CWORD=1; _repoint',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join('\n')
    expect(place.run('bash', ['--norc', '-c', script])).toMatchObject({ code: 0, stdout: 'resync\nresume\n' })
  })

  it('operates a deployed function, in the laboratory', async ({ skip }) => {
    if (!place) return skip()
    const lab = await openLab({ speed: 200 })
    try {
      // The laboratory answers in this very process, which must not wait for the command.
      const { stdout, code } = await place.start('repoint', ['status'], lab.variables)
      expect(stdout).toMatch(/^orders /)
      expect(code).toBe(0)
    } finally {
      await lab.close()
    }
  })
})
