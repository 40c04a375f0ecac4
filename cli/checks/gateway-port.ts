import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, ok, problem } from './finding.ts'
import { sources } from './gateway-sources.ts'

/** A load balancer may listen on any port, a gateway knows the database's own alone; names carry no port. */
export const port: Check<PreflightFacts> = {
  name: 'port',
  question: 'Do clients connect to the database’s own port?',
  judge: ({ consumer, database }) => {
    if (consumer === undefined) return []
    const { frontDoor } = database
    const listens = frontDoor.kind === 'create' ? frontDoor.listenerPort : consumer.port
    if (consumer.port === database.port && listens === database.port) {
      return [ok(`Clients connect to port ${database.port} on both ways.`)]
    }
    const other = listens === database.port ? consumer.port : listens
    return [
      problem(
        `Clients connect to port ${other}, the database listens on ${database.port}: the gateway knows no other port, and weights move none.`,
        `Let the load balancer listen on ${database.port} first (frontDoor.listenerPort) and move the clients’ connection strings.`,
        sources.configuration,
      ),
    ]
  },
}
