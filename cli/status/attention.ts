import { type ExitCode, exitCodeOf, exitCodes, worstOf } from '../exit-codes.ts'
import { type DatabaseStatus, isUnknown, type UnknownStatus } from './database-status.ts'

/** What somebody should look at, each as a sentence; empty when all is well. */
export const attentionOf = (status: DatabaseStatus): readonly string[] => {
  const { wake, alarms, frontDoors } = status
  const found: string[] = []
  if (alarms.known) {
    for (const { name, state } of alarms.value)
      if (state === 'ALARM') found.push(`alarm ${name} (docs/runbook.md#${name})`)
  }
  for (const door of frontDoors) {
    for (const { ip, port, state, stateReason } of door.registrations) {
      if (state === 'unhealthy' || state === 'unused' || state === 'unavailable') {
        found.push(`${ip}:${port} is ${state}${stateReason ? ` (${stateReason})` : ''}`)
      }
    }
  }
  if (wake.known) {
    const { pause, rules, schedule } = wake.value
    if (pause?.isOverdue) found.push(`the pause ended ${pause.until} and nobody resumed: \`repoint resume\``)
    if (pause === undefined) {
      for (const { name, isEnabled } of rules)
        if (!isEnabled) found.push(`the rule ${name} is disabled: \`repoint resume\``)
      if (!schedule.isEnabled) found.push(`the schedule ${schedule.name} is disabled: \`repoint resume\``)
    }
  }
  return found
}

export const exitCodeOfStatus = (status: DatabaseStatus | UnknownStatus): ExitCode => {
  if (isUnknown(status)) return status.exitCode as ExitCode
  const isPaused = status.wake.known && status.wake.value.pause !== undefined
  return worstOf([
    exitCodeOf(status.outcome),
    attentionOf(status).length > 0 ? exitCodes.findings : exitCodes.ok,
    isPaused ? exitCodes.held : exitCodes.ok,
  ])
}
