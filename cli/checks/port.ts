import { sharedName } from '../../infra/app/settings/complete.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const endpoint: Check<DoctorFacts> = {
  name: 'endpoint',
  question: 'Are endpoint and port those of repoint.json?',
  judge: ({ database, settings }) =>
    whenKnown([database], found => {
      const hasOtherName =
        found.endpoint !== undefined && found.endpoint.toLowerCase() !== settings.endpoint.toLowerCase()
      const hasOtherPort = found.port !== undefined && found.port !== settings.port
      const wrong = [
        ...(hasOtherName ? [`its endpoint is ${found.endpoint}, repoint.json has ${settings.endpoint}`] : []),
        ...(hasOtherPort ? [`its port is ${found.port}, repoint.json has ${settings.port}`] : []),
      ]
      if (wrong.length === 0) {
        return [ok(`Endpoint and port are those of repoint.json: ${settings.endpoint}:${settings.port}.`)]
      }
      const judge = hasOtherPort ? problem : warning
      return [
        judge(
          `Of the database ${settings.id}, ${wrong.join('; ')}.`,
          'Correct repoint.json and deploy, unless you use a name of your own on purpose (a CNAME, a reader endpoint, a custom endpoint).',
        ),
      ]
    }),
}

/** A load balancer may listen on any port, a gateway knows only the database's own; names carry no port. */
export const clientPort: Check<PreflightFacts> = {
  name: 'port',
  question: 'Do clients connect to the database’s own port?',
  judge: ({ consumer, database }) => {
    if (consumer === undefined) return []
    const { frontDoor } = database
    const listens = frontDoor.kind === 'create' ? frontDoor.listenerPort : consumer.port
    if (consumer.port === database.port && listens === database.port) {
      return [ok(`Clients connect to port ${database.port} on both paths.`)]
    }
    const other = listens === database.port ? consumer.port : listens
    return [
      problem(
        `Clients connect to port ${other}, the database listens on ${database.port}: the gateway has no other port, and weights move no port.`,
        `First let the load balancer listen on ${database.port} (frontDoor.listenerPort${sharedName(frontDoor) === undefined ? '' : ', which one database of a shared load balancer can have'}) and change the clients’ connection strings.`,
        sources.configuration,
      ),
    ]
  },
}

/** The engine's own protocol is TCP; what some clients use beside it is not. */
export const tcpOnly: Check<PreflightFacts> = {
  name: 'tcp-only',
  question: 'Do clients need nothing but TCP?',
  judge: ({ database: { engine, port } }) => {
    if (engine !== 'sqlserver') return [ok(`${engine} uses TCP on port ${port}, which is all that a gateway carries.`)]
    return [
      notice(
        `sqlserver uses TCP on port ${port}; SQL Server Browser (UDP 1434), which finds named instances, does not pass through a gateway.`,
        'Name the port in the connection string instead of an instance.',
        sources.configuration,
      ),
    ]
  },
}
