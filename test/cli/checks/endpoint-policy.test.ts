import { expect, it } from 'vitest'
import { endpointPolicy } from '../../../cli/checks/endpoint-policy.ts'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { VpcEndpointFacts } from '../../../cli/facts/vpc-endpoints.ts'
import { arn, lambda, rule, settingsOf, someFacts } from '../doctor-facts.ts'

const inVpc = settingsOf({ network: { mode: 'in-vpc' } })
const isolated = settingsOf({ network: { mode: 'isolated' } })
const functionInVpc = known({
  ...lambda,
  vpc: { vpcId: 'vpc-1', subnetIds: ['subnet-8', 'subnet-9'], securityGroupIds: ['sg-fn', 'sg-more'] },
})
const subnets = known(
  [8, 9].map(it => ({ id: `subnet-${it}`, zone: 'eu-west-1a', cidr: `10.9.${it}.0/24`, freeAddresses: 9 })),
)

type Changes = Partial<VpcEndpointFacts>
const aGroup = (changes: object, id = 'sg-vpce') => ({
  id,
  incoming: [rule({ fromPort: 443, toPort: 443, ...changes })],
  outgoing: [],
})
const anEndpoint = (service: string, changes: Changes = {}): VpcEndpointFacts => ({
  id: `vpce-${service}`,
  service: `com.amazonaws.eu-west-1.${service}`,
  state: 'available',
  hasPrivateDns: true,
  groups: [aGroup({ groupIds: ['sg-fn'] })],
  ...changes,
})
const [balancing, ec2, events, rds] = ['elasticloadbalancing', 'ec2', 'events', 'rds'] as const
/** All that an instance's function calls, and the one for events with changes. */
const endpointsWith = (changes: Changes): readonly VpcEndpointFacts[] => [
  ...[balancing, ec2, rds].map(service => anEndpoint(service)),
  anEndpoint(events, changes),
]
const withEvents = (changes: Changes): Partial<DoctorFacts> => ({ vpcEndpoints: known(endpointsWith(changes)) })
const policy = (...Statement: readonly object[]): Changes => ({ policy: JSON.stringify({ Statement }) })
const allow = (changes: object = {}) => ({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', ...changes })
const ofAccount = (account: string) => ({ Condition: { StringEquals: { 'aws:PrincipalAccount': account } } })

const sound = ok("The VPC endpoints for elasticloadbalancing, ec2, events, rds let the function's calls pass.")
const timesOut = (service: string) =>
  problem(
    `The VPC has no interface endpoint for ${service}: an isolated function's calls end in timeouts.`,
    'Set network.endpoints to create and deploy, or create the endpoint with private DNS on.',
    sources.endpointPolicy,
  )
const needsNat = (service: string) =>
  notice(`The VPC has no endpoint for ${service}: the function's calls need a NAT gateway or another route out.`)
const isPending = problem('The endpoint vpce-events for events is pending.', 'Check it in the VPC console.')
const isPublic = problem(
  'The endpoint vpce-events for events has no private DNS: the SDK uses the public name and never reaches it.',
  'Enable private DNS names on the endpoint.',
  sources.endpointPolicy,
)
const admitsNot = (left: string, into: string) =>
  problem(
    `The endpoint vpce-events for events admits neither the function's security group nor its subnets (${left}) on port 443.`,
    `Allow TCP 443 from sg-fn, sg-more in ${into}.`,
    sources.endpointPolicy,
  )
const dependsOn = (lists: string, left: string) =>
  warning(
    `Whether the endpoint vpce-events for events admits the function depends on ${lists}, whose contents doctor does not read.`,
    `Compare the prefix list with ${left}.`,
    sources.endpointPolicy,
  )
const letsNotPass = (action: string, resource: string, service = 'events') =>
  problem(
    `The policy of endpoint vpce-${service} does not let ${action} on ${resource} pass.`,
    `Add this statement to the endpoint’s policy, or use the default policy: {"Effect":"Allow","Principal":"*","Action":["${action}"],"Resource":["${resource}"]}`,
    sources.endpointPolicy,
  )
const isConditional = warning(
  'Whether the policy of endpoint vpce-events lets events:PutEvents pass depends on a condition that doctor does not evaluate.',
  'Compare the condition with the function’s role.',
  sources.endpointPolicy,
)

// biome-ignore format: a table
it.each<[name: string, changes: Partial<DoctorFacts>, expected: readonly Judgement[]]>([
  ['are not needed outside of a VPC', { lambda: known(lambda), vpcEndpoints: known([]) }, [ok('The function runs outside a VPC and needs no endpoint.')]],
  ['let the calls pass', {}, [sound]],
  ['are not needed for what is not called', { settings: { ...isolated, ownerProof: 'off' }, vpcEndpoints: known([anEndpoint(balancing), anEndpoint(events)]) },
    [ok("The VPC endpoints for elasticloadbalancing, events let the function's calls pass.")]],
  ['are missing in isolated subnets', { vpcEndpoints: known([anEndpoint(balancing), anEndpoint(ec2)]) }, [timesOut(events), timesOut(rds)]],
  ['are missing where there may be a NAT gateway', { settings: inVpc, vpcEndpoints: known([anEndpoint(balancing), anEndpoint(ec2)]) }, [needsNat(events), needsNat(rds)]],
  ['are missing, one by a name that only ends alike', withEvents({ service: 'com.amazonaws.eu-west-1.pipes-events' }), [timesOut(events)]],
  ['are being made', withEvents({ state: 'pending' }), [isPending]],
  ['are available, however AWS writes it', withEvents({ state: 'Available' }), [sound]],
  ['have no private DNS', withEvents({ hasPrivateDns: false }), [isPublic]],
  ['have several things wrong, said in this order', withEvents({ state: 'pending', hasPrivateDns: false, groups: [aGroup({})], ...policy() }),
    [isPending, isPublic, admitsNot('10.9.8.0/24, 10.9.9.0/24', 'sg-vpce'), letsNotPass('events:PutEvents', '*')]],
  ['have no security group that could be judged', withEvents({ groups: [] }), [sound]],
  ['admit one of the function’s groups', withEvents({ groups: [aGroup({}), aGroup({ groupIds: ['sg-more'] })] }), [sound]],
  ['admit every subnet of the function', withEvents({ groups: [aGroup({ cidrs: ['10.9.0.0/16'] })] }), [sound]],
  ['admit one subnet of two', withEvents({ groups: [aGroup({ cidrs: ['10.9.8.0/24'] })] }), [admitsNot('10.9.9.0/24', 'sg-vpce')]],
  ['admit the function’s group on another port', withEvents({ groups: [aGroup({ groupIds: ['sg-fn'], fromPort: 80, toPort: 442 })] }),
    [admitsNot('10.9.8.0/24, 10.9.9.0/24', 'sg-vpce')]],
  ['admit the function by what goes out', withEvents({ groups: [{ id: 'sg-vpce', incoming: [], outgoing: [rule({ protocol: '-1', cidrs: ['0.0.0.0/0'] })] }] }),
    [admitsNot('10.9.8.0/24, 10.9.9.0/24', 'sg-vpce')]],
  ['admit others, with two groups', withEvents({ groups: [aGroup({ groupIds: ['sg-x'] }), aGroup({}, 'sg-other')] }),
    [admitsNot('10.9.8.0/24, 10.9.9.0/24', 'sg-vpce, sg-other')]],
  ['admit prefix lists', withEvents({ groups: [aGroup({ prefixListIds: ['pl-1', 'pl-2'] })] }), [dependsOn('pl-1, pl-2', '10.9.8.0/24, 10.9.9.0/24')]],
  ['admit one subnet, and the other one perhaps by a prefix list', withEvents({ groups: [aGroup({ cidrs: ['10.9.8.0/24'], prefixListIds: ['pl-1'] })] }), [dependsOn('pl-1', '10.9.9.0/24')]],
  ['admit who knows, where the subnets may not be read', { ...withEvents({ groups: [aGroup({})] }), functionSubnets: notKnown('denied') }, [unknown('denied')]],
  ['are asked for no subnets where they admit the group', { functionSubnets: notKnown('denied') }, [sound]],
  ['let everything pass', withEvents(policy(allow())), [sound]],
  ['let the own account pass', withEvents(policy(allow(ofAccount('111122223333')))), [sound]],
  ['let another account pass', withEvents(policy(allow(ofAccount('444455556666')))), [letsNotPass('events:PutEvents', '*')]],
  ['let pass by a condition that is not evaluated', withEvents(policy(allow({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }))), [isConditional]],
  ['let another database pass', { vpcEndpoints: known([...endpointsWith({}).filter(it => it.id !== 'vpce-rds'), anEndpoint(rds, policy(allow({ Resource: `${arn}-2` })))]) },
    [letsNotPass('rds:DescribeDBInstances', arn, 'rds')]],
  ['let one of a service’s three actions pass', { vpcEndpoints: known([...endpointsWith({}).slice(1), anEndpoint(balancing, policy(allow({ Action: 'elasticloadbalancing:Describe*' })))]) },
    [letsNotPass('elasticloadbalancing:RegisterTargets', '*', balancing), letsNotPass('elasticloadbalancing:DeregisterTargets', '*', balancing)]],
  ['may not be read', { vpcEndpoints: notKnown('denied') }, [unknown('denied')]],
  ['are those of a function that may not be read', { lambda: notKnown('denied') }, [unknown('denied')]],
  ['are those of no function', { lambda: none('Function not found.') }, [notice('Function not found.')]],
])('the VPC endpoints %s', (_, changes, expected) => {
  const facts = someFacts({ settings: isolated, lambda: functionInVpc, functionSubnets: subnets, ...withEvents({}), ...changes })
  expect(endpointPolicy.judge(facts)).toEqual(expected)
})
