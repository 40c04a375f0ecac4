import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** AWS's default of a listener. */
const defaultSeconds = 350

/** Of a resource gateway; it cannot be set (VPC Lattice's quotas). */
export const gatewayIdleSeconds = 350

/** The load balancer forgets an idle connection silently: the next packet is answered by a reset. */
export const listenerIdleTimeout: Check<DoctorFacts> = {
  name: 'idle-timeout',
  question: 'Do keepalives come before the listener forgets an idle connection?',
  judge: ({ listeners: found, clientKeepaliveSeconds }) =>
    whenKnown([found], listeners => {
      if (listeners.length === 0) {
        return [
          problem(
            'The load balancer has no listener that forwards to the target group.',
            'Add a TCP listener, or deploy the stack again.',
          ),
        ]
      }
      return listeners.map(({ port, idleTimeoutSeconds }) =>
        judgeListener({ port, idle: idleTimeoutSeconds, keepalive: clientKeepaliveSeconds }),
      )
    }),
}

interface Idle {
  readonly port: number
  readonly idle: number
  readonly keepalive: number | undefined
}

const judgeListener = ({ port, idle, keepalive }: Idle): Judgement => {
  const forgets = `The listener on port ${port} forgets a connection that is idle for ${idle} s`
  if (keepalive !== undefined) {
    if (keepalive < idle) return ok(`${forgets}; the clients' keepalives come every ${keepalive} s.`)
    return problem(
      `${forgets}; the clients' first keepalive comes after ${keepalive} s: idle connections of a pool end in a reset.`,
      `Set the clients' TCP keepalive well below ${idle} s (PostgreSQL: keepalives_idle; JDBC: tcpKeepAlive with the system's tcp_keepalive_time).`,
      sources.idleTimeout,
    )
  }
  const compare = 'repoint doctor --client-keepalive SECONDS compares them.'
  if (idle <= defaultSeconds) {
    return warning(
      `${forgets}: idle connections of a pool end in a reset unless the clients send keepalives sooner (Linux sends the first after 7200 s, if the client asks for any).`,
      `Set tcp.idle_timeout.seconds to 6000 on the listener (frontDoor.idleTimeoutSeconds), and the clients' keepalive below it; ${compare}`,
      sources.idleTimeout,
    )
  }
  return notice(`${forgets}.`, `Set the clients' TCP keepalive below it; ${compare}`, sources.idleTimeout)
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
            'Read it from the server: SHOW tcp_keepalives_idle; 0 means the operating system’s 7200 s.',
          ),
        ]
      }
      const seconds = Number(found.value) || 7200
      if (seconds < idle) {
        return [ok(`The server sends keepalives after ${seconds} s, sooner than the listener's ${idle} s.`)]
      }
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

export const gatewayIdleTimeout: Check<PreflightFacts> = {
  name: 'idle-timeout',
  question: 'Do the clients’ keepalives come before the gateway forgets an idle connection?',
  judge: ({ clientKeepaliveSeconds: keepalive, provider: { listeners } }) => {
    const forgets = `The gateway forgets a connection that is idle for ${gatewayIdleSeconds} s, and that cannot be set`
    if (keepalive !== undefined && keepalive < gatewayIdleSeconds) {
      return [ok(`${forgets}; the clients' keepalives come every ${keepalive} s.`)]
    }
    const own =
      keepalive === undefined
        ? warning(
            `${forgets}: idle connections of a pool hang or end unless the clients send keepalives sooner (Linux sends the first after 7200 s, if the client asks for any).`,
            'Set the clients’ TCP keepalive to about 60 s (PostgreSQL: keepalives_idle; JDBC: tcpKeepAlive with the system’s tcp_keepalive_time); preflight --client-keepalive SECONDS compares them.',
            sources.quotas,
          )
        : problem(
            `${forgets}; the clients' first keepalive comes after ${keepalive} s: idle connections of a pool hang or end.`,
            `Set the clients' TCP keepalive well below ${gatewayIdleSeconds} s.`,
            sources.quotas,
          )
    return [own, ...(listeners.kind === 'none' ? [] : judgeChange(listeners))]
  },
}

/** What the move to the gateway changes for pools that were idle for longer without harm. */
const judgeChange = (listeners: PreflightFacts['provider']['listeners']): readonly Judgement[] =>
  whenKnown([listeners], found => {
    const now = Math.max(0, ...found.map(it => it.idleTimeoutSeconds))
    if (now <= gatewayIdleSeconds) return []
    return [
      notice(
        `The load balancer keeps an idle connection ${now} s today; through the gateway it is ${gatewayIdleSeconds} s: connections of pools that were idle for longer without harm will end.`,
        'Set the pool’s idle timeout or its keepalive below it.',
        sources.quotas,
      ),
    ]
  })
