import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TestCase, Vitest } from 'vitest/node'
import { TestReporter } from '../run/reporter.ts'

const aTest = (name: string, retryCount: number) =>
  ({
    type: 'test',
    fullName: name,
    module: { relativeModuleId: 'test/a.test.ts' },
    diagnostic: () => ({ retryCount }),
    result: () => ({ state: 'passed' }),
  }) as unknown as TestCase

describe('the reporter of a run', () => {
  let folder: string
  let said: string[]
  const { exitCode } = process
  const file = () => join(folder, 'retried')
  const reporterOf = () => new TestReporter(file(), text => said.push(text))
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reporter-'))
    said = []
  })
  afterEach(async () => {
    process.exitCode = exitCode
    await rm(folder, { recursive: true })
  })

  it('names what was retried, and writes it down for CI', async () => {
    const reporter = reporterOf()
    reporter.onTestCaseResult(aTest('is steady', 0))
    reporter.onTestCaseResult(aTest('is shaky', 2))
    reporter.onTestRunEnd()
    expect(said).toEqual(['\nRetried tests:\n  test/a.test.ts: is shaky (passed, retry 2)'])
    expect(await readFile(file(), 'utf8')).toBe('test/a.test.ts: is shaky (passed, retry 2)\n')
    expect(process.exitCode).toBe(exitCode)
  })

  it('fails the run for a test that prints, and names it', () => {
    const reporter = reporterOf()
    reporter.onInit({ state: { getReportedEntityById: () => aTest('is loud', 0) } } as unknown as Vitest)
    reporter.onUserConsoleLog({ content: 'x', type: 'stdout', taskId: '1', time: 0, size: 1 })
    reporter.onUserConsoleLog({ content: 'y', type: 'stderr', time: 0, size: 1 })
    reporter.onTestRunEnd()
    expect(said).toEqual([
      '\nTests that print, which hides what matters:\n  test/a.test.ts: is loud\n  outside of a test',
    ])
    expect(process.exitCode).toBe(1)
  })

  it('says nothing of a run in which nothing happened', async () => {
    reporterOf().onTestRunEnd()
    expect(said).toEqual([])
    expect(await readFile(file(), 'utf8')).toBe('')
  })
})
