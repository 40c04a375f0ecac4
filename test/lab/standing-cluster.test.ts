import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as fixture from '../../lab/fixture.ts'
import { eventually, type LabWithCommand, openLab } from '../cli/standing-lab.ts'

let lab: LabWithCommand
beforeAll(async () => {
  lab = await openLab({ kind: 'cluster', stage: 'shadow', speed: 40, hasClient: true })
}, 120_000)
afterAll(() => lab.close())

const open = (port?: number) =>
  lab.cloud.resources.vpcEndpoints.map(({ id }) =>
    lab.cloud.consumer.endpoints.active(id, port === undefined ? {} : { port }),
  )

describe('a standing lab of a cluster on its migration to a gateway', { timeout: 60_000 }, () => {
  it('has readers on a port of the load balancer, and on the gateway’s path by a name of their own', async () => {
    const { databases, consumers } = JSON.parse(await readFile(lab.settingsFile, 'utf8'))
    expect([databases[0].readers, consumers[0].gateway.readerHostname]).toEqual([
      { port: 5433 },
      fixture.endpoints.readers,
    ])
    const resolver = new Resolver()
    resolver.setServers([lab.variables.REPOINT_CONSUMER_DNS ?? ''])
    expect((await resolver.resolve4(fixture.endpoints.cluster)).toSorted()).toEqual(['10.1.1.40', '10.1.2.40'])
    expect((await resolver.resolve4(fixture.endpoints.readers)).toSorted()).toEqual(['10.1.1.51', '10.1.2.51'])
  })

  it('keeps a client at the writer by the load balancer, and one at the readers by the gateway', async () => {
    await eventually(() => open().every(count => count > 0))
    expect(open(5433)).toEqual([0, 0])
    const records = () => [...lab.cloud.accessLogs.values()].flat().map(({ record }) => record)
    await eventually(() => records().length > 0)
    const [, readers = ''] = fixture.networkNames.childConfigurations
    for (const { resourceConfigurationArn, resourceIpPort } of records()) {
      expect(resourceConfigurationArn).toMatch(new RegExp(`${readers}$`))
      expect(resourceIpPort).toBe('10.0.2.22:5432')
    }
  })

  it('lets plan and preflight find it in order, and say how the readers move', async () => {
    const plan = await lab.repoint('migrate', 'plan')
    expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('Next: shift (from shadow)')])
    const preflight = await lab.repoint('migrate', 'preflight')
    expect([preflight.code, preflight.stdout]).toEqual([0, expect.stringContaining('move the reader clients')])
  })

  it('lets verify prove the writer’s path from a log that has the readers’ connections too', async () => {
    const { code, stdout } = await lab.repoint('migrate', 'verify')
    expect([code, stdout]).toEqual([0, expect.stringContaining('the gateway reached 10.0.1.11:5432')])
  })
})
