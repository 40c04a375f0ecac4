import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, notice, ok, warning } from './finding.ts'
import { sources } from './sources.ts'

/** The load balancer has readers on another port of one name, the gateway on another name: no weight moves them. */
export const readers: Check<PreflightFacts> = {
  name: 'readers',
  question: 'Is it clear how clients of the readers move over?',
  judge: ({ database, consumer }) => {
    if (database.kind !== 'cluster' || consumer === undefined) return []
    const { readerHostname } = consumer.gateway
    const port = consumer.readerPort ?? database.readers?.port
    if (port === undefined) {
      return readerHostname === undefined
        ? [ok('No reader is reached through the load balancer.')]
        : [ok(`Readers get the name ${readerHostname} on the gateway’s path from shadow on.`)]
    }
    if (readerHostname === undefined) {
      return [
        warning(
          `Clients reach readers on port ${port} of the load balancer; through the gateway they have another name, and the settings have none for them.`,
          'Set readerHostname (the cluster’s reader endpoint) in gateway of the consumer; from shift on the settings are refused without it. Reader clients change name and port themselves, before the first share.',
          sources.resourceAccess,
        ),
      ]
    }
    return [
      notice(
        `Readers are on port ${port} of the load balancer's name and on ${readerHostname}:${database.port} through the gateway: the weights do not move them.`,
        'At shadow both work; move the reader clients’ connection string before shift, because the writer’s name then leads to the gateway, which has no such port.',
        sources.resourceAccess,
      ),
    ]
  },
}
