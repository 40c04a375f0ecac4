import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { gatewayIdleTimeout, listenerIdleTimeout, serverKeepalive } from '../../../cli/checks/idle-timeout.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { settingsOf, someFacts } from '../doctor-facts.ts'
import { soundFacts } from '../migrate-facts.ts'

const listener = (idleTimeoutSeconds: number, port = 5432) => ({
  ...{ arn: 'arn:listener', port, protocol: 'TCP', targetGroupArns: [] },
  idleTimeoutSeconds,
})
const listeners = (...seconds: number[]) => known(seconds.map((idle, index) => listener(idle, 5432 + index)))

describe('a listener that forgets idle connections', () => {
  const judge = (found: ReturnType<typeof listeners>, keepalive?: number) => {
    const { clientKeepaliveSeconds: _, ...facts } = someFacts({ listeners: found })
    return listenerIdleTimeout.judge(keepalive === undefined ? facts : { ...facts, clientKeepaliveSeconds: keepalive })
  }
  const forgets = (seconds: number, port = 5432) =>
    `The listener on port ${port} forgets a connection that is idle for ${seconds} s`
  const compare = 'repoint doctor --client-keepalive SECONDS compares them.'
  const late = (idle: number, keepalive: number, port = 5432): Judgement =>
    problem(
      `${forgets(idle, port)}; the clients' first keepalive comes after ${keepalive} s: idle connections of a pool end in a reset.`,
      `Set the clients' TCP keepalive well below ${idle} s (PostgreSQL: keepalives_idle; JDBC: tcpKeepAlive with the system's tcp_keepalive_time).`,
      sources.idleTimeout,
    )
  const inTime = (idle: number, keepalive: number): Judgement =>
    ok(`${forgets(idle)}; the clients' keepalives come every ${keepalive} s.`)

  it.each<[string, number[], number | undefined, Judgement[]]>([
    ['hears of the clients before', [350], 349, [inTime(350, 349)]],
    ['hears of the clients at that very second, too late', [350], 350, [late(350, 350)]],
    ['hears of the clients long after', [6000], 7200, [late(6000, 7200)]],
    [
      'is one of two, each of which is judged by its own time',
      [6000, 350],
      400,
      [inTime(6000, 400), late(350, 400, 5433)],
    ],
    [
      'has the default, and the clients’ keepalive is not known',
      [350],
      undefined,
      [
        warning(
          `${forgets(350)}: idle connections of a pool end in a reset unless the clients send keepalives sooner (Linux sends the first after 7200 s, if the client asks for any).`,
          `Set tcp.idle_timeout.seconds to 6000 on the listener (frontDoor.idleTimeoutSeconds), and the clients' keepalive below it; ${compare}`,
          sources.idleTimeout,
        ),
      ],
    ],
    [
      'has more than the default, and the clients’ keepalive is not known',
      [351],
      undefined,
      [notice(`${forgets(351)}.`, `Set the clients' TCP keepalive below it; ${compare}`, sources.idleTimeout)],
    ],
    [
      'is not there',
      [],
      300,
      [
        problem(
          'The load balancer has no listener that forwards to the target group.',
          'Add a TCP listener, or deploy the stack again.',
        ),
      ],
    ],
  ])('%s', (_, seconds, keepalive, expected) => {
    expect(judge(listeners(...seconds), keepalive)).toEqual(expected)
  })

  it('is not known where it cannot be read', () => {
    expect(judge(notKnown('Throttled.') as never, 300)).toEqual([unknown('Throttled.')])
  })
})

describe("the server's own keepalives", () => {
  const parameter = (value?: string) => ({
    tcp_keepalives_idle: {
      ...{ group: 'orders-pg17', isModifiable: true, isPending: false },
      ...(value === undefined ? {} : { value }),
    },
  })
  const judge = (parameters: object, seconds: number[], engine = 'postgres') =>
    serverKeepalive.judge(
      someFacts({
        settings: { ...settingsOf(), engine: engine as 'postgres' },
        parameters: known(parameters as ReturnType<typeof parameter>),
        listeners: listeners(...seconds),
      }),
    )
  const inTime = (after: number, idle: number): Judgement =>
    ok(`The server sends keepalives after ${after} s, sooner than the listener's ${idle} s.`)
  const late = (after: number, idle: number): Judgement =>
    warning(
      `The server sends its first keepalive after ${after} s, the listener forgets after ${idle} s.`,
      "Set tcp_keepalives_idle to 60 in orders-pg17, or rely on the clients' keepalives.",
      sources.idleTimeout,
    )
  const notSet = notice(
    'The parameter group does not set tcp_keepalives_idle: the value that the engine then uses on RDS is unconfirmed.',
    'Read it from the server: SHOW tcp_keepalives_idle; 0 means the operating system’s 7200 s.',
  )

  it.each<[string, object, number[], Judgement[]]>([
    ['come before the listener forgets', parameter('349'), [350], [inTime(349, 350)]],
    ['come at that very second, too late', parameter('350'), [350], [late(350, 350)]],
    ['come too late for the less patient of two listeners', parameter('400'), [6000, 350], [late(400, 350)]],
    ['of 0 are those of the operating system', parameter('0'), [6000], [late(7200, 6000)]],
    ['are not in the parameter group', {}, [350], [notSet]],
    ['have no value in the parameter group', parameter(), [350], [notSet]],
    ['are compared with nothing where there is no listener', parameter('300'), [], []],
  ])('%s', (_, parameters, seconds, expected) => {
    expect(judge(parameters, seconds)).toEqual(expected)
  })

  it.each([
    ['postgres', 1],
    ['aurora-postgresql', 1],
    ['mysql', 0],
    ['mariadb', 0],
    ['other', 0],
  ])('of %s: %i findings', (engine, count) => {
    expect(judge(parameter('300'), [350], engine)).toHaveLength(count)
  })

  it.each(['parameters', 'listeners'] as const)('are not known where %s cannot be read', fact => {
    expect(serverKeepalive.judge(someFacts({ [fact]: notKnown('Throttled.') }))).toEqual([unknown('Throttled.')])
  })
})

describe('the gateway that forgets idle connections', () => {
  const judge = (found: ReturnType<typeof soundFacts>['provider']['listeners'], keepalive?: number) => {
    const { clientKeepaliveSeconds: _, ...facts } = soundFacts({ provider: { listeners: found } })
    return gatewayIdleTimeout.judge(keepalive === undefined ? facts : { ...facts, clientKeepaliveSeconds: keepalive })
  }
  const forgets = 'The gateway forgets a connection that is idle for 350 s, and that cannot be set'
  const inTime = (keepalive: number): Judgement => ok(`${forgets}; the clients' keepalives come every ${keepalive} s.`)
  const late = (keepalive: number): Judgement =>
    problem(
      `${forgets}; the clients' first keepalive comes after ${keepalive} s: idle connections of a pool hang or end.`,
      "Set the clients' TCP keepalive well below 350 s.",
      sources.quotas,
    )
  const notSaid = warning(
    `${forgets}: idle connections of a pool hang or end unless the clients send keepalives sooner (Linux sends the first after 7200 s, if the client asks for any).`,
    'Set the clients’ TCP keepalive to about 60 s (PostgreSQL: keepalives_idle; JDBC: tcpKeepAlive with the system’s tcp_keepalive_time); preflight --client-keepalive SECONDS compares them.',
    sources.quotas,
  )
  const shorter = (now: number): Judgement =>
    notice(
      `The load balancer keeps an idle connection ${now} s today; through the gateway it is 350 s: connections of pools that were idle for longer without harm will end.`,
      'Set the pool’s idle timeout or its keepalive below it.',
      sources.quotas,
    )

  it.each<[string, ReturnType<typeof soundFacts>['provider']['listeners'], number | undefined, Judgement[]]>([
    ['hears of the clients before, whatever the listener', listeners(6000), 349, [inTime(349)]],
    ['hears of the clients at that very second, too late', listeners(350), 350, [late(350)]],
    ['forgets sooner than the load balancer does today', listeners(351), 350, [late(350), shorter(351)]],
    ['forgets sooner than one of two listeners', listeners(350, 6000), 7200, [late(7200), shorter(6000)]],
    ['and the clients’ keepalive is not known', listeners(350), undefined, [notSaid]],
    ['and neither keepalive nor listener is there', none('There is no load balancer.'), undefined, [notSaid]],
    ['and no listener forwards', known([]), undefined, [notSaid]],
    ['and today’s listeners cannot be read', notKnown('Throttled.'), undefined, [notSaid, unknown('Throttled.')]],
  ])('%s', (_, found, keepalive, expected) => {
    expect(judge(found, keepalive)).toEqual(expected)
  })
})
