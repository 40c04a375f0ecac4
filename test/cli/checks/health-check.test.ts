import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { healthCheck } from '../../../cli/checks/health-check.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { known, notKnown } from '../../../cli/facts/gathered.ts'
import { settingsOf, someFacts, targetGroup } from '../doctor-facts.ts'

const sound = (timing: string, seconds: number): Judgement =>
  ok(
    `Probes over TCP ${timing}: ${seconds} s until a dead writer is unhealthy. That a faster check would shorten a registration (1.5 to 5 minutes) is unconfirmed.`,
  )
const slow = (fact: string): Judgement =>
  warning(
    fact,
    'Set the interval to 10 s (15 s for MySQL and MariaDB that may block hosts) and both thresholds to 2.',
    sources.healthChecks,
  )
const usual = sound('every 10 s, unhealthy after 2, healthy after 2', 20)
const counted = (seconds: number, engine: string): Judgement =>
  notice(
    `Probes come every ${seconds} s and from several nodes: each counts as a connection error on ${engine}.`,
    'See mysql-host-blocking; with an interval of 15 s there are fewer of them.',
    sources.hostCache,
  )
const beside = (asks: string): Judgement =>
  notice(
    `The health check asks ${asks}, the traffic goes to 5432 over TCP: what answers there decides whether the writer is healthy.`,
    'Set the health check’s protocol to TCP and its port to traffic-port, unless that service answers for the database.',
    sources.healthChecks,
  )

describe('the health check of a target group', () => {
  it.each<[string, Partial<typeof targetGroup.healthCheck>, string, readonly Judgement[]]>([
    ['is sound as the stack makes it', {}, 'postgres', [usual]],
    ['is sound where it names the port of the traffic', { port: '5432' }, 'postgres', [usual]],
    [
      'is in time with 40 s in either direction',
      { intervalSeconds: 10, unhealthyThreshold: 4, healthyThreshold: 4 },
      'postgres',
      [sound('every 10 s, unhealthy after 4, healthy after 4', 40)],
    ],
    [
      'is slow with more than 40 s until a dead writer is unhealthy',
      { intervalSeconds: 14, unhealthyThreshold: 3 },
      'postgres',
      [
        slow(
          'The health check is slow (every 14 s, unhealthy after 3, healthy after 2): 42 s until a dead writer is unhealthy.',
        ),
      ],
    ],
    [
      'is slow with more than 40 s until a new writer is healthy',
      { intervalSeconds: 14, healthyThreshold: 3 },
      'postgres',
      [
        slow(
          'The health check is slow (every 14 s, unhealthy after 2, healthy after 3): 42 s until a new writer is healthy.',
        ),
      ],
    ],
    [
      'is slow in both directions',
      { intervalSeconds: 30, unhealthyThreshold: 3, healthyThreshold: 5 },
      'postgres',
      [
        slow(
          'The health check is slow (every 30 s, unhealthy after 3, healthy after 5): 90 s until a dead writer is unhealthy, 150 s until a new writer is healthy.',
        ),
      ],
    ],
    [
      'speaks what no database answers',
      { protocol: 'HTTP' },
      'postgres',
      [
        problem(
          'The health check speaks HTTP: no database on RDS answers it.',
          'Set the health check’s protocol to TCP.',
          sources.healthChecks,
        ),
      ],
    ],
    [
      'probes a port where nothing listens',
      { port: '80' },
      'postgres',
      [
        problem(
          'The health check probes port 80, the traffic goes to 5432: nothing else listens on an RDS host.',
          'Set the health check’s port to traffic-port.',
          sources.healthChecks,
        ),
      ],
    ],
    ['may wait as long as its interval for an answer', { timeoutSeconds: 10 }, 'postgres', [usual]],
    [
      'waits longer than its interval for an answer',
      { timeoutSeconds: 11 },
      'postgres',
      [
        warning(
          "The health check's timeout of 11 s is longer than its interval of 10 s.",
          'Set the timeout to 5 s.',
          sources.healthChecks,
        ),
      ],
    ],
    ['makes few errors on MySQL every 10 s', {}, 'mysql', [usual]],
    ['makes errors on MySQL every 9 s', { intervalSeconds: 9 }, 'mysql', [counted(9, 'mysql')]],
    ['makes errors on MariaDB every 5 s', { intervalSeconds: 5 }, 'mariadb', [counted(5, 'mariadb')]],
    [
      'makes no errors on PostgreSQL every 5 s',
      { intervalSeconds: 5 },
      'postgres',
      [sound('every 5 s, unhealthy after 2, healthy after 2', 10)],
    ],
  ])('%s', (_, changes, engine, expected) => {
    const settings = settingsOf({ engine, port: 5432 })
    const group = { ...targetGroup, healthCheck: { ...targetGroup.healthCheck, ...changes } }

    expect(healthCheck.judge(someFacts({ settings, targetGroup: known(group) }))).toEqual(expected)
  })

  it('has every fault of it reported, the gravest first', () => {
    const check = { protocol: 'HTTP', port: '80', timeoutSeconds: 31, intervalSeconds: 30 }
    const group = { ...targetGroup, healthCheck: { ...targetGroup.healthCheck, ...check } }
    const found = healthCheck.judge(someFacts({ targetGroup: known(group) }))

    expect(found.map(({ severity }) => severity)).toEqual(['problem', 'problem', 'warning', 'warning'])
  })

  it.each<[string, Partial<typeof targetGroup.healthCheck>, readonly Judgement[]]>([
    ['is sound over TCP', {}, [usual]],
    ['may ask another service of the host', { protocol: 'HTTP', port: '8008' }, [beside('port 8008 over HTTP')]],
    ['may ask another port', { port: '8008' }, [beside('port 8008 over TCP')]],
    ['may speak another protocol to the port of the traffic', { protocol: 'HTTP' }, [beside('port 5432 over HTTP')]],
  ])('of a host name %s', (_, changes, expected) => {
    const settings = { ...settingsOf(), kind: 'hostname' as const }
    const group = { ...targetGroup, healthCheck: { ...targetGroup.healthCheck, ...changes } }

    expect(healthCheck.judge(someFacts({ settings, targetGroup: known(group) }))).toEqual(expected)
  })

  it('is not known where the target group cannot be read', () => {
    expect(healthCheck.judge(someFacts({ targetGroup: notKnown('Throttled.') }))).toEqual([unknown('Throttled.')])
  })

  it('is judged for each target group', () => {
    expect(healthCheck.isOfGroup).toBe(true)
  })
})
