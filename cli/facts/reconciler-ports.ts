import { setTimeout as delay } from 'node:timers/promises'
import { createDns } from '../../functions/reconciler/adapters/dns.ts'
import { createInterfaces } from '../../functions/reconciler/adapters/ec2.ts'
import { createPublisher } from '../../functions/reconciler/adapters/events.ts'
import { createNlb } from '../../functions/reconciler/adapters/nlb.ts'
import { createClusters } from '../../functions/reconciler/adapters/rds.ts'
import type { Config } from '../../functions/reconciler/config.ts'
import { logMessages } from '../../functions/reconciler/names.ts'
import type { Ports, Telemetry } from '../../functions/reconciler/ports.ts'
import type { Clients } from '../aws/clients.ts'
import { stepText } from '../text/core-terms.ts'

export interface Surroundings {
  readonly clients: Clients
  readonly config: Config
  readonly signal: AbortSignal
  /** What happens on the way; the report tells the rest. */
  readonly note?: (text: string) => void
}

/** The reconciler's ports, wired for a person's terminal and credentials instead of the function's. */
export const createPorts = async ({ clients, config, signal, note = () => {} }: Surroundings): Promise<Ports> => {
  const [rds, elbv2] = await Promise.all([clients.rds(), clients.elbv2()])
  const { database } = config
  // Few front doors need these, and their SDKs are the slowest to load.
  const interfaces = async () => createInterfaces(await clients.ec2(), rds)
  return {
    dns: createDns({ servers: config.dnsServers }),
    clusters: createClusters(rds),
    interfaces: {
      owners: async (ips, id) => (await interfaces()).owners(ips, id),
      neighbourhood: async id => (await interfaces()).neighbourhood(id),
      ownership: async (ips, id) => (await interfaces()).ownership(ips, id),
    },
    frontDoor: createNlb(elbv2),
    publisher: {
      publish: async (detailType, report) =>
        createPublisher(await clients.eventBridge(), config.eventBus, database.arn).publish(detailType, report),
    },
    telemetry: tellBy(note),
    clock: {
      now: () => Date.now(),
      sleep: async ms => {
        await delay(ms, undefined, { signal })
      },
      random: () => Math.random(),
    },
  }
}

const tellBy = (note: (text: string) => void): Telemetry => ({
  stepDone: step => note(`${logMessages.stepDone}: ${stepText(step)}`),
  retry: error => note(`${error.kind === 'throttled' ? logMessages.retry : logMessages.unreachable}: ${error.message}`),
  writerMoved: (from, to) => note(`${logMessages.writerMoved}: ${from.join(', ')} -> ${to.join(', ')}`),
  notProved: ({ ip, ...owner }) => note(`${logMessages.notProved}: ${ip}${'why' in owner ? `: ${owner.why}` : ''}`),
  reportNotPublished: error => note(`${logMessages.reportNotPublished}: ${(error as Error).message}`),
  summary: () => {},
  failed: () => {},
})
