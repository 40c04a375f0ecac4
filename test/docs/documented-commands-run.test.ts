import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LabWithCommand, openLab } from '../cli/standing-lab.ts'
import { aRecord } from '../report/a-record.ts'
import { documentedCommands, isWriteUp } from './documented-commands.ts'

/** Commands of the documents that no laboratory can run, each with why and with what runs it instead. */
const cannotRun: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^drill .*--consumer/, 'of a database that has only the gateway: test/cli/gateway-only.test.ts'],
  [/--account/, 'a fleet of several accounts: test/cli/accounts.test.ts'],
  [/--watch$/, 'goes on until Ctrl-C: test/cli/status.test.ts'],
  [/^migrate watch/, 'goes on until Ctrl-C, or for hours: test/cli/migrate-watch.test.ts'],
  [/--host NAME/, 'a consumer’s machine: test/cli/doctor-consumer-process.test.ts'],
  [/--secret/, 'Secrets Manager, which the laboratory does not have: test/cli/migrate-verify.test.ts'],
  [/--iam-user/, 'a login by IAM, which no database here knows: test/cli/drill-sql.test.ts'],
  [/^drill .*--ca global-bundle\.pem$/, 'an account of the reader’s: test/cli/drill.test.ts logs in'],
  [/--ca CA\.pem/, 'a real server: test/lab/real-servers.test.ts; test/cli/drill.test.ts writes to a table'],
  [/^migrate verify .*--drill/, 'a failover and the wait for its log: test/cli/migrate-verify.test.ts'],
]

const texts = new Map(
  documentedCommands()
    .filter(({ where }) => !isWriteUp(where))
    .filter(({ isWhole, words: [program] }) => isWhole && (program === 'repoint' || program === './repoint'))
    .map(({ words, where }) => [words.slice(1).join(' ').replaceAll('$DATABASE', 'orders'), where]),
)
const [run, left] = [true, false].map(isRun =>
  [...texts].filter(([text]) => cannotRun.some(([pattern]) => pattern.test(text)) !== isRun),
) as [[string, string][], [string, string][]]

/** In sync, or what is to be done, refused or looked at: all but a failure and a wrong command line. */
const wellKnown = [0, 3, 4, 5, 6]

describe('a command of the documents', { timeout: 180_000 }, () => {
  let lab: LabWithCommand
  let folder: string
  beforeAll(async () => {
    lab = await openLab({ speed: 60, stage: 'shadow' })
    folder = await mkdtemp(join(tmpdir(), 'documents-'))
    for (const name of ['orders', 'before', 'after']) {
      await writeFile(join(folder, `${name}.json`), JSON.stringify(aRecord({ title: name })))
    }
  }, 180_000)
  afterAll(async () => {
    await lab?.close()
    await rm(folder, { recursive: true, force: true })
  })

  // A file that exists is not replaced, which is not what is tried here.
  beforeEach(() => rm(join(folder, 'orders.html'), { force: true }))

  it.each(run)('runs in the laboratory: repoint %s (%s)', async text => {
    await lab.served()
    const words = text
      .replace('global-bundle.pem', lab.caFile)
      .split(' ')
      .map(word => (/\.(json|html)$/.test(word) ? join(folder, word) : word))
    // What a person would answer, and a file of one's own where there is an entry already.
    const answers = /^drill(?!.*--check)/.test(text) ? ['--yes', '--every', '100ms', '--steady', '500ms'] : []
    const own = text.startsWith('init') ? { REPOINT_SETTINGS: join(folder, 'new.json') } : {}
    const { code, stderr } = await lab.repointWith(own, [...words, ...answers])

    expect([text, wellKnown.includes(code ?? -1) ? 'well known' : code, stderr]).toEqual([text, 'well known', stderr])
  })

  it('that is left out is known, with what runs it instead', () => {
    expect(left.length).toBeLessThan(20)
    for (const [pattern, why] of cannotRun) {
      expect([why, left.some(([text]) => pattern.test(text))]).toEqual([why, true])
    }
  })
})
