import { writeFileSync } from 'node:fs'
import type { UserConsoleLog } from 'vitest'
import type { Reporter, TestCase, Vitest } from 'vitest/node'

/** Names every test that was retried, also in `retriedFile`, and fails the run for tests that print. */
export class TestReporter implements Reporter {
  #vitest: Vitest | undefined
  readonly #retriedFile: string | undefined
  readonly #say: (text: string) => void
  readonly #retried: string[] = []
  readonly #printing = new Set<string>()

  constructor(retriedFile?: string, say: (text: string) => void = console.log) {
    this.#retriedFile = retriedFile
    this.#say = say
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestCaseResult(test: TestCase): void {
    const { retryCount = 0 } = test.diagnostic() ?? {}
    if (retryCount > 0)
      this.#retried.push(
        `${test.module.relativeModuleId}: ${test.fullName} (${test.result().state}, retry ${retryCount})`,
      )
  }

  onUserConsoleLog({ taskId }: UserConsoleLog): void {
    const task = taskId === undefined ? undefined : this.#vitest?.state.getReportedEntityById(taskId)
    if (task === undefined) this.#printing.add('outside of a test')
    else
      this.#printing.add(
        task.type === 'module' ? task.relativeModuleId : `${task.module.relativeModuleId}: ${task.fullName}`,
      )
  }

  onTestRunEnd(): void {
    if (this.#retried.length > 0) this.#say(listed('Retried tests', this.#retried))
    if (this.#retriedFile) writeFileSync(this.#retriedFile, this.#retried.map(line => `${line}\n`).join(''))
    if (this.#printing.size === 0) return
    this.#say(listed('Tests that print, which hides what matters', [...this.#printing]))
    process.exitCode = 1
  }
}

const listed = (title: string, lines: readonly string[]): string => `\n${title}:\n  ${lines.join('\n  ')}`
