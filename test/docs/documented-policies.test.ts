import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { permissions, policyFor } from '../../cli/reference/command-permissions.ts'

const actionName = /^(?:[a-z0-9-]+:[A-Z]\w+|rds-db:connect)$/

describe('the policy of a command', () => {
  it.each(Object.entries(permissions))('%s can be pasted', (_, actions) => {
    const { Version, Statement } = JSON.parse(policyFor(actions)) as {
      Version: string
      Statement: { Effect: string; Action: string[]; Resource: string }[]
    }
    const [statement] = Statement

    expect([Version, Statement.length, statement?.Effect]).toEqual(['2012-10-17', 1, 'Allow'])
    expect(statement?.Action.length).toBeGreaterThan(0)
    for (const action of statement?.Action ?? []) expect(action).toMatch(actionName)
    // Every action of the list is in it, whatever is said beside it.
    for (const text of actions.filter(it => !it.includes('always allowed'))) {
      for (const [action] of text.matchAll(/\b[a-z-]+[0-9]*:[A-Z][A-Za-z]+/g))
        expect(statement?.Action).toContain(action)
    }
  })

  it('is in docs/cli.md, as JSON', () => {
    const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

    for (const actions of Object.values(permissions)) expect(page).toContain(policyFor(actions))
  })
})
