import { expect, it } from 'vitest'
import { findingsOf, type Judgement, judgeAll, notice, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { sharedLoadBalancer } from '../../../cli/checks/shared-load-balancer.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { behindShared, loadBalancer, settingsOf, someFacts, targetGroup } from '../doctor-facts.ts'

const on = (listenerPort: number) => ({ settings: settingsOf({ frontDoor: behindShared(listenerPort) }) })
const listeners = (...ports: number[]) => ({
  listeners: known(
    ports.map(port => ({ arn: 'l', port, protocol: 'TCP', targetGroupArns: [], idleTimeoutSeconds: 350 })),
  ),
})
const enforcing = { loadBalancer: known({ ...loadBalancer, enforcesOnPrivateLink: true }) }
const isThere = (port: number) => ok(`The listener of orders on the load balancer shared is on port ${port}.`)
const isMissing = (found: string) =>
  problem(
    `No listener of the load balancer shared on port 6001 leads to orders; those that do: ${found}.`,
    'Deploy the database’s stack.',
  )
const reachesAll = notice(
  'Whoever is let in to the endpoint service of shared reaches the port of every database behind it.',
  'Where its consumers may not reach all of them: exposure.enforceSecurityGroup of the load balancer with exposure.clientCidrs of each database, or another load balancer.',
  sources.setSecurityGroups,
)

it.each<[string, Partial<DoctorFacts>, Judgement[]]>([
  ['has its listener', { ...on(5432), ...listeners(5432) }, [isThere(5432), reachesAll]],
  ['has its listener among others', { ...on(6001), ...listeners(6000, 6001), ...enforcing }, [isThere(6001)]],
  ['has others alone', { ...on(6001), ...listeners(6000, 6002), ...enforcing }, [isMissing('6000, 6002')]],
  ['has none', { ...on(6001), ...listeners() }, [isMissing('none'), reachesAll]],
  [
    'may not be read',
    { ...on(5432), listeners: notKnown('denied'), loadBalancer: notKnown('denied') },
    [unknown('denied')],
  ],
  ['is not there', { ...on(5432), loadBalancer: none('There is none.') }, [notice('There is none.')]],
  ['is not shared', listeners(), []],
  [
    'is somebody else’s',
    { settings: settingsOf({ frontDoor: { kind: 'existing', targetGroupArn: targetGroup.arn } }) },
    [],
  ],
])('of a database on a shared load balancer that %s', (_, changes, expected) => {
  expect(judgeAll([sharedLoadBalancer], someFacts(changes))).toEqual(findingsOf('shared-load-balancer', expected))
})
