import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning } from './finding.ts'
import { sources } from './gateway-sources.ts'

/** Of a resource gateway; it cannot be set (VPC Lattice's quotas). */
export const gatewayIdleSeconds = 350

export const idleTimeout: Check<PreflightFacts> = {
  name: 'idle-timeout',
  question: 'Do the clients’ keepalives come before the gateway forgets an idle connection?',
  judge: ({ clientKeepaliveSeconds: keepalive, provider }) => {
    const { listeners } = provider
    const now = listeners.kind === 'known' ? Math.max(0, ...listeners.value.map(it => it.idleTimeoutSeconds)) : 0
    const change: Judgement[] =
      now > gatewayIdleSeconds && (keepalive === undefined || keepalive >= gatewayIdleSeconds)
        ? [
            notice(
              `The load balancer keeps an idle connection ${now} s today; through the gateway it is ${gatewayIdleSeconds} s: pools that were quiet for long without harm are not any more.`,
              'Set the pool’s idle timeout or its keepalive below it.',
              sources.quotas,
            ),
          ]
        : []
    const forgets = `The gateway forgets a connection that is idle for ${gatewayIdleSeconds} s, and that cannot be set`
    if (keepalive === undefined) {
      return [
        warning(
          `${forgets}: quiet connections of a pool hang or end unless the clients send keepalives sooner (Linux sends the first after 7200 s, if the client asks for any).`,
          'Set the clients’ TCP keepalive to 60 s or so (PostgreSQL: keepalives_idle; JDBC: tcpKeepAlive with the system’s tcp_keepalive_time); preflight --client-keepalive SECONDS compares.',
          sources.quotas,
        ),
        ...change,
      ]
    }
    if (keepalive < gatewayIdleSeconds) return [ok(`${forgets}; the clients' keepalives come every ${keepalive} s.`)]
    return [
      problem(
        `${forgets}; the clients' first keepalive comes after ${keepalive} s: quiet connections of a pool hang or end.`,
        `Set the clients' TCP keepalive well below ${gatewayIdleSeconds} s.`,
        sources.quotas,
      ),
      ...change,
    ]
  },
}
