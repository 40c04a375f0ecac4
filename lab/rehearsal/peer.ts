import { Resolver } from 'node:dns/promises'
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Cloud } from '../cloud/cloud.ts'
import { startSchedule } from '../events/schedule.ts'
import * as fixture from '../fixture.ts'
import type { Closable } from '../model.ts'

/**
 * What the public samples do at their best: once a period resolve the endpoint, register what is new, deregister what is
 * gone. It knows no events and takes the first answer for the truth; draining targets count as registered.
 */
export const startPeer = (cloud: Cloud, { periodMs, firstMs = periodMs }: Periods): Closable => {
  const swapper = createSwapper(cloud)
  let schedule: Closable | undefined
  const cancel = cloud.time.after(firstMs, () => {
    swapper.swap()
    schedule = startSchedule(cloud.time, periodMs, swapper.swap)
  })
  return {
    close: async () => {
      cancel()
      await schedule?.close()
      swapper.close()
    },
  }
}

interface Periods {
  readonly periodMs: number
  readonly firstMs?: number
}

/** RDS-EVENT-0049 of an instance, 0071 of a cluster: "failover completed". */
const completed = { source: ['aws.rds'], detail: { EventID: ['RDS-EVENT-0049', 'RDS-EVENT-0071'] } }

/** The samples that an RDS event wakes: the same swap, once for each completed failover, and never again. */
export const startEventPeer = (cloud: Cloud): Closable => {
  const swapper = createSwapper(cloud)
  cloud.bus.addRule({ name: 'peer', pattern: completed, target: swapper.swap })
  return { close: async () => swapper.close() }
}

const createSwapper = (cloud: Cloud) => {
  const client = new ElasticLoadBalancingV2Client({
    region: fixture.region,
    endpoint: cloud.api.url,
    credentials: { accessKeyId: 'AKIAPEERLAB', secretAccessKey: 'lab' },
  })
  const group = { TargetGroupArn: fixture.targetGroupArn }
  const poll = async (): Promise<void> => {
    const resolver = new Resolver({ timeout: 1000, tries: 2 })
    resolver.setServers([cloud.dns.address])
    const wanted = await resolver.resolve4(fixture.endpoints[cloud.kind])
    const { TargetHealthDescriptions = [] } = await client.send(new DescribeTargetHealthCommand(group))
    const registered = TargetHealthDescriptions.flatMap(({ Target }) => (Target?.Id ? [Target.Id] : []))
    const target = (ip: string) => ({ Id: ip, Port: fixture.port })
    const missing = wanted.filter(ip => !registered.includes(ip))
    const stale = registered.filter(ip => !wanted.includes(ip))
    if (missing.length > 0) await client.send(new RegisterTargetsCommand({ ...group, Targets: missing.map(target) }))
    if (stale.length > 0) await client.send(new DeregisterTargetsCommand({ ...group, Targets: stale.map(target) }))
  }
  return {
    swap: () => {
      poll().catch((error: unknown) => cloud.timeline.record('lab', 'The peer failed', { error: String(error) }))
    },
    close: () => client.destroy(),
  }
}
