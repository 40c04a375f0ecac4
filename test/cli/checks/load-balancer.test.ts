import { expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { balancer } from '../../../cli/checks/load-balancer.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { loadBalancer, someFacts } from '../doctor-facts.ts'

const withBalancer = (changes: object) => ({ loadBalancer: known({ ...loadBalancer, ...changes }) })
const withListeners = (...protocols: readonly string[]) => ({
  listeners: known(
    protocols.map((protocol, index) => ({
      arn: 'l',
      port: 5432 + index,
      protocol,
      targetGroupArns: [],
      idleTimeoutSeconds: 350,
    })),
  ),
})
const isApplication = problem(
  "The load balancer's type is application: a database needs a Network Load Balancer.",
  'Forward a Network Load Balancer’s TCP listener to the target group.',
  sources.registerTargets,
)
const isPublic = warning(
  'The load balancer is internet-facing: the database is reachable from the internet, protected by security groups only.',
  'Use an internal one; PrivateLink needs no other.',
  sources.endpointService,
)
const is = (state: string, remedy: string) => problem(`The load balancer is ${state}.`, remedy, sources.troubleshooting)
const speaks = (port: number, protocol: string) =>
  problem(
    `The listener on port ${port} speaks ${protocol}: clients of PostgreSQL and MySQL begin without TLS and upgrade, which only TCP allows.`,
    'Change it to a TCP listener; the database’s own certificate then reaches the client.',
    sources.rdsTls,
  )

// biome-ignore format: a table
it.each<[name: string, changes: Partial<DoctorFacts>, expected: readonly Judgement[]]>([
  ['active, internal, and passing TCP through', {}, [ok('The load balancer is active, internal, and passes TCP through.')]],
  ['an Application Load Balancer', withBalancer({ type: 'application' }), [isApplication]],
  ['being made', withBalancer({ state: 'provisioning' }), [is('provisioning', 'Wait some minutes.')]],
  ['failed', withBalancer({ state: 'failed' }), [is('failed', 'Check its state in the EC2 console.')]],
  ['active, with zones that cannot scale', withBalancer({ state: 'active_impaired' }), [is('active_impaired', 'Check its state in the EC2 console.')]],
  ['reachable from the internet', withBalancer({ scheme: 'internet-facing' }), [isPublic]],
  ['ending TLS', withListeners('TLS'), [speaks(5432, 'TLS')]],
  ['ending TLS on one of its ports', withListeners('TCP', 'UDP', 'TLS'), [speaks(5433, 'UDP'), speaks(5434, 'TLS')]],
  ['wrong in every way, said in this order', { ...withBalancer({ type: 'application', state: 'failed', scheme: 'internet-facing' }), ...withListeners('HTTP') },
    [isApplication, is('failed', 'Check its state in the EC2 console.'), isPublic, speaks(5432, 'HTTP')]],
  ['not known', { loadBalancer: notKnown('denied') }, [unknown('denied')]],
  ['known, and its listeners are not', { listeners: notKnown('denied') }, [unknown('denied')]],
  ['not there', { loadBalancer: none('No load balancer.') }, [notice('No load balancer.')]],
])('the load balancer is %s', (_, changes, expected) => {
  expect(balancer.judge(someFacts(changes))).toEqual(expected)
})
