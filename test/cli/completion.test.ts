import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Argument, Command, Option } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scriptFor, shells } from '../../cli/completion/shells.ts'
import { wordsOf } from '../../cli/completion/tree.ts'
import { createProgram } from '../../cli/program.ts'
import { runProcess } from './doctor-lab.ts'

const run = promisify(execFile)
const repoint = fileURLToPath(new URL('../../cli/repoint.mjs', import.meta.url))
const example = fileURLToPath(new URL('../../repoint.json', import.meta.url))

let bin: string
let printed: string
beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'repoint-bin-'))
  await symlink(repoint, join(bin, 'repoint'))
  printed = (await runProcess(['completion', 'bash'])).stdout
  await writeFile(join(bin, 'completion.bash'), printed)
})
afterAll(() => rm(bin, { recursive: true }))

/** What bash offers after these words. */
const offers = async (...words: readonly string[]): Promise<readonly string[]> => {
  const script = [
    `source ${join(bin, 'completion.bash')}`,
    `COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')})`,
    `COMP_CWORD=${words.length - 1}`,
    '_repoint',
    `printf '%s\\n' "\${COMPREPLY[@]}"`,
  ].join('\n')
  const { stdout } = await run('bash', ['--norc', '-c', script], {
    env: { PATH: `${bin}:${dirname(process.execPath)}:${process.env.PATH}`, REPOINT_SETTINGS: example },
  })
  return stdout.split('\n').filter(Boolean)
}

describe('completion for bash', () => {
  it('offers the commands', async () => {
    const names = createProgram()
      .commands.map(command => command.name())
      .filter(name => name !== 'complete-databases')

    expect(await offers('repoint', '')).toEqual(expect.arrayContaining(names))
    expect(await offers('repoint', 'res')).toEqual(['resync', 'resume'])
  })

  it('offers a command’s own options', async () => {
    expect(await offers('repoint', 'pause', '--re')).toEqual(['--reason', '--region'])
    expect(await offers('repoint', 'events', 'replay', '--rew')).toEqual(['--rewrite'])
  })

  it('offers the databases of the settings', async () => {
    expect(await offers('repoint', 'status', '--database', '')).toEqual(['orders'])
    expect(await offers('repoint', 'status', '-d', 'o')).toEqual(['orders'])
  })
})

describe('what an option or an argument may be', () => {
  const program = new Command('repoint').exitOverride()
  program.command('show').addOption(new Option('-f, --format <kind>', 'how').choices(['table', 'json']))
  program.command('pick').addArgument(new Argument('<what>', 'which').choices(['one', 'two']))
  program.command('draw').addOption(new Option('--format <kind>', 'how').choices(['svg', 'png']))
  const script = (shell: 'bash' | 'zsh' | 'fish') => scriptFor(shell, wordsOf(program))

  it('is offered by bash, for the command at hand', async () => {
    await writeFile(join(bin, 'completion.bash'), script('bash'))
    expect(await offers('repoint', 'show', '--format', '')).toEqual(['table', 'json'])
    expect(await offers('repoint', 'draw', '--format', 's')).toEqual(['svg'])
    expect(await offers('repoint', 'show', '-f', 'j')).toEqual(['json'])
    expect(await offers('repoint', 'pick', 't')).toEqual(['two'])
    expect(await offers('repoint', 'show', '--format', 'json', '-')).toContain('--help')
  })

  it('is in the scripts for zsh and fish', () => {
    expect(script('zsh')).toContain("'draw --format') offer='svg png'")
    expect(script('fish')).toContain("-s f -l format -x -a 'table json'")
    expect(script('fish')).toContain("-a 'one two'")
  })
})

describe('repoint completion', () => {
  const own = (shell: (typeof shells)[number]) => scriptFor(shell, wordsOf(createProgram()))

  it('prints the script of the shell that is named', async () => {
    expect(printed).toBe(own('bash'))
    const { stdout, code } = await runProcess(['completion', 'fish'])
    expect([stdout, code]).toEqual([own('fish'), 0])
  })

  it.each(shells)('has every command and every option for %s', shell => {
    for (const word of ['status', 'resync', 'replay', 'even-if-paused', 'watch', 'complete-databases']) {
      expect(own(shell)).toContain(word)
    }
  })

  it('knows three shells', async () => {
    const { code, stderr } = await runProcess(['completion', 'tcsh'])

    expect(stderr).toContain('Allowed choices are bash, zsh, fish')
    expect(code).toBe(2)
  })
})
