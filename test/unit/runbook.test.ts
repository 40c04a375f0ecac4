import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { reasons } from '../../functions/reconciler/core/reasons.ts'
import { alarmNames } from '../../infra/constructs/alarms.ts'
import { gatewayAlarmNames } from '../../infra/constructs/gateway-operations.ts'

const sections = new Map(
  readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map(text => [text.split('\n', 1)[0] ?? '', text]),
)

describe('the runbook', () => {
  it('has a section for every alarm and every reason, and no other', () => {
    const alarms = { ...alarmNames, ...gatewayAlarmNames }
    expect([...sections.keys()].sort()).toEqual([...Object.keys(alarms), ...Object.keys(reasons)].sort())
  })

  it.each([...sections.keys()])('begins %s with the command to run', name => {
    expect(sections.get(name)?.split('\n').slice(1, 3)).toEqual(['', '```sh'])
  })
})
