import type { DoctorFacts } from '../facts/facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** AWS's default. */
const defaultSeconds = 350

/** The load balancer forgets an idle connection silently: the next packet is answered by a reset. */
export const idleTimeout: Check<DoctorFacts> = {
  name: 'idle-timeout',
  question: 'Do keepalives come before the listener forgets an idle connection?',
  judge: facts =>
    whenKnown([facts.listeners], listeners => {
      if (listeners.length === 0) {
        return [
          problem(
            'The load balancer has no listener that forwards to the target group.',
            'Add a TCP listener, or deploy the stack again.',
          ),
        ]
      }
      return listeners.map(({ port, idleTimeoutSeconds: idle }) => judge(port, idle, facts.clientKeepaliveSeconds))
    }),
}

const judge = (port: number, idle: number, keepalive: number | undefined): Judgement => {
  const forgets = `The listener on port ${port} forgets a connection that is idle for ${idle} s`
  const longer = 'Set tcp.idle_timeout.seconds to 6000 on the listener (frontDoor.idleTimeoutSeconds)'
  if (keepalive !== undefined) {
    if (keepalive < idle) return ok(`${forgets}; the clients' keepalives come every ${keepalive} s.`)
    return problem(
      `${forgets}; the clients' first keepalive comes after ${keepalive} s: quiet connections of a pool end in a reset.`,
      `Set the clients' TCP keepalive well below ${idle} s (PostgreSQL: keepalives_idle; JDBC: tcpKeepAlive with the system's tcp_keepalive_time).`,
      sources.idleTimeout,
    )
  }
  if (idle <= defaultSeconds) {
    return warning(
      `${forgets}: quiet connections of a pool end in a reset unless the clients send keepalives sooner (Linux sends the first after 7200 s, if the client asks for any).`,
      `${longer}, and the clients' keepalive below it; repoint doctor --client-keepalive SECONDS compares.`,
      sources.idleTimeout,
    )
  }
  return notice(
    `${forgets}.`,
    `Set the clients' TCP keepalive below it; repoint doctor --client-keepalive SECONDS compares.`,
    sources.idleTimeout,
  )
}

/** Where PostgreSQL's own keepalives keep the connection known, whatever the clients do. */
export const serverKeepalive: Check<DoctorFacts> = {
  name: 'server-keepalive',
  question: 'Do the server’s own keepalives come before the listener forgets an idle connection?',
  judge: facts => {
    if (!['postgres', 'aurora-postgresql'].includes(facts.settings.engine)) return []
    return whenKnown([facts.parameters, facts.listeners], (parameters, listeners) => {
      const idle = Math.min(...listeners.map(({ idleTimeoutSeconds }) => idleTimeoutSeconds))
      const found = parameters.tcp_keepalives_idle
      if (!Number.isFinite(idle)) return []
      if (found?.value === undefined) {
        return [
          notice(
            'The parameter group does not set tcp_keepalives_idle: the value that the engine then uses on RDS is unconfirmed.',
            'Ask the server: SHOW tcp_keepalives_idle; 0 means the operating system’s 7200 s.',
          ),
        ]
      }
      const seconds = Number(found.value) || 7200
      if (seconds < idle)
        return [ok(`The server sends keepalives after ${seconds} s, sooner than the listener's ${idle} s.`)]
      return [
        warning(
          `The server sends its first keepalive after ${seconds} s, the listener forgets after ${idle} s.`,
          `Set tcp_keepalives_idle to 60 in ${found.group}, or rely on the clients' keepalives.`,
          sources.idleTimeout,
        ),
      ]
    })
  },
}
