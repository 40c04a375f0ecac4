import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import {
  clientIp,
  proxyProtocol,
  stickiness,
  targetGroup as targetGroupCheck,
  unhealthyTermination,
} from '../../../cli/checks/target-attributes.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { database, settingsOf, someFacts, targetGroup } from '../doctor-facts.ts'

const checks = { unhealthyTermination, clientIp, proxyProtocol, stickiness }
const ends = ok('Connections to a target that turns unhealthy are ended.')
const unhealthyKey = 'target_health_state.unhealthy.connection_termination.enabled'

describe('an attribute of the target group', () => {
  // biome-ignore format: a table
  it.each<[name: string, check: keyof typeof checks, attributes: Record<string, string>, expected: Judgement]>([
    ['sessions with an unhealthy target end by AWS’s default', 'unhealthyTermination', {}, ends],
    ['sessions with an unhealthy target end where it says so', 'unhealthyTermination', { [unhealthyKey]: 'true' }, ends],
    ['sessions with an unhealthy target hang where it is off', 'unhealthyTermination', { [unhealthyKey]: 'false' },
      warning('Connections to a target that turns unhealthy are kept: sessions with a dead writer hang.',
        'Set target_health_state.unhealthy.connection_termination.enabled=true on the target group, unless you need zonal shift with cross-zone on, which excludes it.',
        sources.attributeList)],
    ['the clients’ addresses are not kept by default', 'clientIp', {}, ok('Client IP preservation is off.')],
    ['the clients’ addresses are not kept where it is off', 'clientIp', { 'preserve_client_ip.enabled': 'false' }, ok('Client IP preservation is off.')],
    ['the clients’ addresses are kept', 'clientIp', { 'preserve_client_ip.enabled': 'true' },
      warning('Client IP preservation is on: it does nothing for PrivateLink traffic, and for clients in the VPC the database has to admit each of them; a client that is also the target cannot connect.',
        'Set preserve_client_ip.enabled=false on the target group.',
        sources.attributes)],
    ['no header comes first by default', 'proxyProtocol', {}, ok('Proxy protocol v2 is off.')],
    ['no header comes first where it is off', 'proxyProtocol', { 'proxy_protocol_v2.enabled': 'false' }, ok('Proxy protocol v2 is off.')],
    ['a header comes before the first byte', 'proxyProtocol', { 'proxy_protocol_v2.enabled': 'true' },
      problem('Proxy protocol v2 is on: a header comes before the first byte of every connection, which no database on RDS understands.',
        'Set proxy_protocol_v2.enabled=false on the target group.',
        sources.attributes)],
    ['nobody sticks to a target by default', 'stickiness', {}, ok('Stickiness is off.')],
    ['nobody sticks to a target where it is off', 'stickiness', { 'stickiness.enabled': 'false' }, ok('Stickiness is off.')],
    ['consumers stick to the old writer', 'stickiness', { 'stickiness.enabled': 'true' },
      warning('Stickiness is on: it pins consumers to the old writer for longer and turns passive health checks off.',
        'Set stickiness.enabled=false on the target group.',
        sources.healthChecks)],
  ])('%s', (_, check, attributes, expected) => {
    const facts = someFacts({ targetGroup: known({ ...targetGroup, attributes }) })
    expect(checks[check].judge(facts)).toEqual([expected])
  })

  it.each(Object.entries(checks))('%s is not known where the target group is not', (_, check) => {
    expect(check.judge(someFacts({ targetGroup: notKnown('denied') }))).toEqual([unknown('denied')])
    expect(check.judge(someFacts({ targetGroup: none('not found') }))).toEqual([notice('not found')])
  })

  it.each([...Object.values(checks), targetGroupCheck])('$name is judged for each target group', ({ isOfGroup }) => {
    expect(isOfGroup).toBe(true)
  })
})

const notIp = problem(
  "The target group's type is instance: only type ip takes the address of a database.",
  'Create a target group of type ip; the type of an existing one cannot be changed.',
  sources.registerTargets,
)
const notTcp = problem(
  "The target group's protocol is TLS: a database needs TCP passed through.",
  'Create a target group with protocol TCP.',
)
const otherPort = warning(
  "The target group's port is 5433, the database's 5432. Repoint registers with the database's port.",
  'Create the target group with the database’s port: a target that is registered by hand without a port gets the other one.',
  sources.registerTargets,
)
const unused = problem(
  'No listener forwards to the target group: every target in it is unused.',
  'Forward a TCP listener of the load balancer to it.',
  sources.targetHealth,
)
const otherVpc = warning(
  'The target group is in vpc-2, the database in vpc-1: AWS does not check that the load balancer reaches its addresses.',
  'Make sure that peering or a transit gateway leads there and back, or use a target group in the database’s VPC.',
  sources.registerTargets,
)
const sound = ok('The target group takes ip targets over TCP on port 5432 and is in a listener.')
const group = (changes: object) => ({ targetGroup: known({ ...targetGroup, ...changes }) })

describe('the target group', () => {
  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: readonly Judgement[]]>([
    ['takes the writer', {}, [sound]],
    ['takes the writer of a database with another port', { settings: settingsOf({ port: 6543 }), ...group({ port: 6543 }) },
      [ok('The target group takes ip targets over TCP on port 6543 and is in a listener.')]],
    ['takes instances, and no addresses', group({ targetType: 'instance' }), [notIp]],
    ['ends TLS itself', group({ protocol: 'TLS' }), [notTcp]],
    ['has another port than the database', group({ port: 5433 }), [otherPort]],
    ['is in no listener', group({ loadBalancerArns: [] }), [unused]],
    ['is in another VPC', group({ vpcId: 'vpc-2' }), [otherVpc]],
    ['has everything wrong, said in this order', group({ targetType: 'instance', protocol: 'TLS', port: 5433, loadBalancerArns: [], vpcId: 'vpc-2' }),
      [notIp, notTcp, otherPort, unused, otherVpc]],
    ['is in a VPC that cannot be compared, as there is no database', { database: none('not found'), ...group({ vpcId: 'vpc-2' }) }, [sound]],
    ['is in a VPC that cannot be compared, as the database may not be read', { database: notKnown('denied') }, [unknown('denied')]],
    ['is not there', { targetGroup: none('TargetGroupNotFound.') },
      [problem('There is no target group. TargetGroupNotFound.', 'Deploy the stack again: a new target group gets its writer then.')]],
    ['may not be read', { targetGroup: notKnown('denied'), database: known(database) }, [unknown('denied')]],
  ])('%s', (_, changes, expected) => {
    expect(targetGroupCheck.judge(someFacts(changes))).toEqual(expected)
  })
})
