import { Resolver } from 'node:dns/promises'
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Stage } from '../../infra/app/settings/stages.ts'
import * as fixture from '../../lab/fixture.ts'
import { type StageSettings, settingsAt } from '../../lab/template/migration-stacks.ts'
import { type LabWithCommand, openLab } from '../cli/standing-lab.ts'

let lab: LabWithCommand
beforeAll(async () => {
  lab = await openLab({ stage: 'shadow', speed: 60 })
}, 120_000)
afterAll(() => lab.close())

/** Writes the stage into the settings file, as an operator does, and deploys it. */
const go = async (stage: StageSettings): Promise<void> => {
  const said = JSON.parse(await readFile(lab.settingsFile, 'utf8'))
  const { databases, consumers } = settingsAt('instance', stage)
  const database = { ...said.databases[0], gateway: databases[0]?.gateway }
  await writeFile(lab.settingsFile, JSON.stringify({ databases: [database], consumers }))
  await lab.deploy()
}

const weights = () =>
  (lab.cloud.resources.hostedZones[0]?.records ?? []).map(({ setIdentifier, weight }) => `${setIdentifier} ${weight}`)

const weigh = (nlb: number, gateway: number) => {
  const [first, second] = lab.cloud.resources.hostedZones[0]?.records ?? []
  if (first) first.weight = nlb
  if (second) second.weight = gateway
}

describe('a standing lab at a stage', { timeout: 60_000 }, () => {
  it('says database and consumer in its settings, and where the consumer’s resolver is', async () => {
    const { databases, consumers } = JSON.parse(await readFile(lab.settingsFile, 'utf8'))
    expect([databases[0].gateway.stage, consumers[0].gateway.stage]).toEqual(['shadow', 'shadow'] satisfies Stage[])
    const resolver = new Resolver()
    resolver.setServers([lab.variables.REPOINT_CONSUMER_DNS ?? ''])
    expect((await resolver.resolve4(fixture.endpoints.instance)).toSorted()).toEqual(['10.1.1.40', '10.1.2.40'])
    const [{ dnsName = '' } = {}] = lab.cloud.resources.vpcEndpoints[1]?.names ?? []
    expect((await resolver.resolve4(dnsName)).toSorted()).toEqual(['10.1.1.50', '10.1.2.50'])
    expect(lab.variables.REPOINT_CONNECT_TO).toContain(`${dnsName}:5432=127.`)
  })

  it('refuses a jump that the settings do not see, as the stack’s guard does', async () => {
    await expect(go({ stage: 'gateway', from: 'shift' })).rejects.toThrow(
      'stage gateway is refused: deployed is shadow',
    )
    expect(weights()).toEqual(['repoint-nlb 100', 'repoint-gateway 0'])
  })

  it('refuses what synthesis refuses', async () => {
    await expect(go({ stage: 'gateway', from: 'shadow' })).rejects.toThrow('consumers.0.gateway.stage: got "gateway"')
  })

  it('deploys a share, and leaves a weight that somebody has moved to whoever moved it', async () => {
    await go({ stage: 'shift', from: 'shadow', percent: 10 })
    expect(weights()).toEqual(['repoint-nlb 90', 'repoint-gateway 10'])
    weigh(100, 0)
    await expect(go({ stage: 'shift', from: 'shift', percent: 20 })).rejects.toThrow('the live weights are')
    expect(weights()).toEqual(['repoint-nlb 100', 'repoint-gateway 0'])
    weigh(80, 20)
    await go({ stage: 'shift', from: 'shift', percent: 20 })
    expect(weights()).toEqual(['repoint-nlb 80', 'repoint-gateway 20'])
  })

  it('goes on to the end, where nothing answers for the load balancer any more', async () => {
    await go({ stage: 'gateway', from: 'shift' })
    await go({ stage: 'retired', from: 'gateway' })
    expect(lab.cloud.hasFrontDoor()).toBe(false)
    expect(weights()).toEqual(['repoint-gateway 100'])
    const { endpointServices, vpcEndpoints } = lab.cloud.resources
    expect([endpointServices, vpcEndpoints.map(({ type }) => type)]).toEqual([[], ['Resource']])
    expect(lab.cloud.wake.rules).toEqual([])
    await expect(go({ stage: 'gateway', from: 'gateway' })).rejects.toThrow()
  })
})
