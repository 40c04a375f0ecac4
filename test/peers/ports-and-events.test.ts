import { readFileSync } from 'node:fs'
import { DeregisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import { createNlb } from '../../functions/reconciler/adapters/nlb.ts'
import { findEvent } from '../../functions/reconciler/rds-event-catalogue.ts'
import { parseTrigger } from '../../functions/reconciler/triggers.ts'
import { elbv2Double } from '../contract/elbv2-double.ts'
import { answers } from '../fakes/fake-dns.ts'
import { A, aConfig, aWorld, B, resync } from '../fakes/world.ts'

/** The defects that the public systems for this job were seen to have, where AWS's own shapes matter. */

describe('a target whose port is an override', () => {
  it('is deregistered with the port', async () => {
    const nlb = elbv2Double()
    nlb.put({ ip: A, port: 6432 }, 'healthy')
    const world = aWorld({ dns: [[0, answers(B)]] })
    Object.assign(world.ports, { frontDoor: createNlb(nlb.client) })
    world.clock.at(60_000, nlb.letRegistrationEnd)

    const report = await world.invoke(resync)

    expect(report.outcome).toBe('repointed')
    const deregistered = nlb.mock.commandCalls(DeregisterTargetsCommand).map(call => call.args[0].input.Targets)
    expect(deregistered).toEqual([[{ Id: A, Port: 6432 }]])
    expect(nlb.states()).toEqual({ [`${A}:6432`]: 'draining', [`${B}:5432`]: 'healthy' })
  })

  it('is not taken for the writer, whose address it has', async () => {
    const nlb = elbv2Double()
    nlb.put({ ip: A, port: 6432 }, 'healthy')
    const world = aWorld({ dns: [[0, answers(A)]] })
    Object.assign(world.ports, { frontDoor: createNlb(nlb.client) })
    world.clock.at(60_000, nlb.letRegistrationEnd)

    await world.invoke(resync)

    expect(nlb.states()).toEqual({ [`${A}:6432`]: 'draining', [`${A}:5432`]: 'healthy' })
  })
})

describe('an event', () => {
  const folder = new URL('../fixtures/events/', import.meta.url)
  const captured = JSON.parse(readFileSync(new URL('docs-instance-failover-completed.json', folder), 'utf8'))
  const home = 'arn:aws:rds:us-east-1:123456789012:db'
  const watching = (id: string, arn = `${home}:${id}`) => {
    const config = aConfig({ database: { id, arn } })
    const world = aWorld({ config, dns: [[0, answers(B)]], registered: { [A]: 'healthy' } })
    return { world, trigger: parseTrigger(captured, config) }
  }

  it('about our database is followed', async () => {
    const { world, trigger } = watching('my-db-instance')

    expect(await world.invoke(trigger)).toMatchObject({ outcome: 'repointed', reason: 'failover-followed' })
  })

  it.each([
    ['another database', 'orders', undefined],
    ['a database whose name begins like ours', 'my-db', undefined],
    ['a database whose name is the end of ours', 'db-instance', undefined],
    ['the same name in another Region', 'my-db-instance', 'arn:aws:rds:eu-west-1:123456789012:db:my-db-instance'],
    ['the same name in another account', 'my-db-instance', 'arn:aws:rds:us-east-1:999999999999:db:my-db-instance'],
  ])('about %s costs no call and no write', async (_whose, id, arn) => {
    const { world, trigger } = watching(id, arn)

    expect(await world.invoke(trigger)).toMatchObject({ outcome: 'held', reason: 'other-database' })
    expect(world.frontDoor.calls).toEqual([])
  })

  it.each([
    ['RDS-EVENT-0013', 'started', /failover started/],
    ['RDS-EVENT-0049', 'completed', /failover completed/],
    ['RDS-EVENT-0015', 'completed', /DNS still propagating/],
    ['RDS-EVENT-0034', 'check', /abandoned/],
    ['RDS-EVENT-0006', 'completed', /restarted/],
    ['RDS-EVENT-0004', 'restart', /shut down/],
    ['RDS-EVENT-0072', 'started', /within the zone started/],
    ['RDS-EVENT-0073', 'started', /across zones started/],
    ['RDS-EVENT-0071', 'completed', /failover completed/],
    ['RDS-EVENT-0069', 'check', /failed/],
  ])('%s is called what AWS calls it', (id, watch, meaning) => {
    expect(findEvent(id)).toMatchObject({ watch, meaning: expect.stringMatching(meaning) })
  })

  it('of a category that is empty is followed all the same', async () => {
    const config = aConfig({ database: { id: 'my-db-instance', arn: `${home}:my-db-instance` } })
    const world = aWorld({ config, dns: [[0, answers(B)]], registered: { [A]: 'healthy' } })
    const uncategorized = { ...captured, detail: { ...captured.detail, EventCategories: [''] } }

    expect(await world.invoke(parseTrigger(uncategorized, config))).toMatchObject({ outcome: 'repointed' })
  })
})
