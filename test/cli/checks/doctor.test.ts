import { describe, expect, it } from 'vitest'
import { judgeDoctor, judgeRetired } from '../../../cli/checks/doctor.ts'
import { judgePreflight } from '../../../cli/checks/preflight.ts'
import { known, notKnown } from '../../../cli/facts/gathered.ts'
import { groupArn, settingsOf, someFacts, targetGroup } from '../doctor-facts.ts'
import { soundFacts } from '../migrate-facts.ts'

const found = (check: string, ...groups: Parameters<typeof judgeDoctor>[0]) =>
  judgeDoctor(groups).filter(finding => finding.check === check)
const second = someFacts({
  targetGroup: known({ ...targetGroup, arn: groupArn.replace('/orders/', '/orders-2/') }),
  targets: known([{ ip: '10.0.2.20', port: 5432, state: 'unused' }]),
})

describe('doctor', () => {
  it('does not name the only target group', () => {
    expect(found('registrations', someFacts())).toEqual([
      { check: 'registrations', severity: 'ok', fact: 'Registered: 10.0.1.10:5432 healthy.' },
    ])
  })

  it('judges each target group of several, by name and with its own remedy', () => {
    expect(found('registrations', someFacts(), second)).toEqual([
      { check: 'registrations', severity: 'ok', fact: 'orders: Registered: 10.0.1.10:5432 healthy.' },
      {
        check: 'registrations',
        severity: 'problem',
        fact: 'orders-2: 10.0.2.20:5432 is unused: the load balancer sends nothing there.',
        remedy:
          'Enable the zone of the address on the load balancer (see zones), and check that a listener forwards to the group.',
        source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html',
      },
    ])
  })

  it('names a target group that is not known by its front door', () => {
    const reader = someFacts({ door: { role: 'reader', strategy: 'standby' }, targetGroup: notKnown('denied') })

    expect(found('registrations', second, reader).map(({ fact }) => fact)).toEqual([
      'orders-2: 10.0.2.20:5432 is unused: the load balancer sends nothing there.',
      'reader standby: Registered: 10.0.1.10:5432 healthy.',
    ])
  })

  it('judges once what the target groups share, of the first of them', () => {
    const other = someFacts({ database: notKnown('denied') })

    expect(found('database-status', someFacts(), other)).toEqual([
      { check: 'database-status', severity: 'ok', fact: 'RDS reports the database as available.' },
    ])
  })
})

describe('doctor of a database that has only the gateway', () => {
  const redshift = { clusterIdentifier: 'warehouse', grants: [{ account: '444455556666' }] }
  const facts = someFacts({ settings: { ...settingsOf(), redshift }, redshiftCluster: notKnown('denied') })

  it('judges the database, and then the path that preflight judges', () => {
    const path = soundFacts()
    const findings = judgeRetired(facts, path)

    expect(findings.slice(0, 3)).toEqual([
      { check: 'database-status', severity: 'ok', fact: 'RDS reports the database as available.' },
      { check: 'standby', severity: 'ok', fact: 'The instance is Multi-AZ.' },
      { check: 'redshift-endpoints', severity: 'unknown', fact: 'denied' },
    ])
    expect(findings.slice(3)).toEqual(judgePreflight(path))
  })
})
