import { expect, it } from 'vitest'
import {
  findingsOf,
  type Judgement,
  judgeAll,
  notice,
  ok,
  problem,
  unknown,
  warning,
} from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { consumerVpcDns, databaseVpcDns, dhcpDns, privateDns } from '../../../cli/checks/vpc-dns.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { database, ofHostName, settingsOf, someFacts } from '../doctor-facts.ts'
import { type Changes, gatewayPath, soundFacts } from '../migrate-facts.ts'

const denied = notKnown('denied')
const inVpc = { settings: settingsOf({ network: { mode: 'in-vpc' } }) }
const isolated = { settings: settingsOf({ network: { mode: 'isolated' } }) }
const isPublic = { database: known({ ...database, isPubliclyAccessible: true }) }
const noSupport = { vpcDns: known({ support: false, hostnames: true }) }
const noHostnames = { vpcDns: known({ support: true, hostnames: false }) }

const supportOff = (judge: typeof problem, notEven = '') =>
  judge(
    `DNS support is off: the VPC's resolver answers no query${notEven}.`,
    'Set enableDnsSupport on the VPC.',
    sources.vpcDns,
  )
const hostnamesOff = (judge: typeof problem, but: string) =>
  judge(`DNS hostnames are off: ${but}.`, 'Set enableDnsHostnames on the VPC.', sources.vpcDns)
const notPrivate = 'neither private DNS of interface endpoints nor private hosted zones work'
const publicAddress = 'the name of a publicly accessible database gives its public address even inside the VPC'

it.each<[string, Partial<DoctorFacts>, Judgement[]]>([
  ['both are on', {}, [ok('DNS support and DNS hostnames of the VPC are on.')]],
  ['support is off, and the function is outside the VPC', noSupport, [supportOff(warning)]],
  [
    'support is off, and the function is in the VPC',
    { ...noSupport, ...inVpc },
    [supportOff(problem, ', not even the function’s')],
  ],
  [
    'support is off, and the function is isolated',
    { ...noSupport, ...isolated },
    [supportOff(problem, ', not even the function’s')],
  ],
  ['hostnames are off, and the function is outside the VPC', noHostnames, [hostnamesOff(warning, notPrivate)]],
  [
    'hostnames are off, and the function in the VPC needs none',
    { ...noHostnames, ...inVpc },
    [hostnamesOff(warning, notPrivate)],
  ],
  [
    'hostnames are off, and the isolated function has no other names',
    { ...noHostnames, ...isolated },
    [hostnamesOff(problem, notPrivate)],
  ],
  [
    'hostnames are off, and the function in the VPC gets a public address',
    { ...noHostnames, ...inVpc, ...isPublic },
    [hostnamesOff(problem, publicAddress)],
  ],
  [
    'hostnames are off, and the database is public: the function is outside anyway',
    { ...noHostnames, ...isPublic },
    [hostnamesOff(warning, publicAddress)],
  ],
  [
    'hostnames are off, of a host name, which is nowhere public',
    { ...ofHostName, ...noHostnames },
    [hostnamesOff(warning, notPrivate)],
  ],
  [
    'both are off',
    { vpcDns: known({ support: false, hostnames: false }) },
    [supportOff(warning), hostnamesOff(warning, notPrivate)],
  ],
  ['facts are missing', { vpcDns: denied, database: none('no database') }, [unknown('denied'), notice('no database')]],
])('of the DNS of the database’s VPC it is said where %s', (_, changes, expected) => {
  expect(judgeAll([databaseVpcDns], someFacts(changes))).toEqual(findingsOf('vpc-dns', expected))
})

const servers = (...found: string[]) => ({ vpcDnsServers: known(found) })
const itsOwn = ok('The VPC’s DHCP options name the VPC’s own resolver.')
const closed = (named: string, to: string) =>
  warning(
    `The VPC's DHCP options name ${named}: a function in the VPC asks them (UNCONFIRMED: reported, not in Lambda's manual), and its security group lets nothing out to ${to} on port 53. Then no name resolves, AWS's own included.`,
    `Add ${to} to dnsServers and deploy: the security group is opened to them. They have to answer for the database's name.`,
    sources.dhcpOptions,
  )
const opened = (mode: string, ...dnsServers: string[]) => ({ settings: settingsOf({ network: { mode }, dnsServers }) })

it.each<[string, Partial<DoctorFacts>, Judgement[]]>([
  ['the VPC’s own is named', { ...inVpc, ...servers('AmazonProvidedDNS') }, [itsOwn]],
  ['none is named', { ...inVpc, ...servers() }, [itsOwn]],
  [
    'others are named, and the function is outside the VPC',
    servers('10.0.0.53', 'AmazonProvidedDNS', '10.0.0.54'),
    [
      notice(
        "The VPC's DHCP options name 10.0.0.53, 10.0.0.54. The function is outside the VPC and does not ask them; clients inside do, and private hosted zones are seen only through the VPC's own resolver.",
        'Let these servers forward the database’s name to the VPC’s resolver.',
        sources.dhcpOptions,
      ),
    ],
  ],
  [
    'others are named, and the function may ask none',
    { ...inVpc, ...servers('10.0.0.53', '10.0.0.54') },
    [closed('10.0.0.53, 10.0.0.54', '10.0.0.53, 10.0.0.54')],
  ],
  [
    'others are named, and the isolated function may ask one',
    { ...opened('isolated', '10.0.0.53'), ...servers('10.0.0.53', '10.0.0.54') },
    [closed('10.0.0.53, 10.0.0.54', '10.0.0.54')],
  ],
  [
    'others are named, and the function may ask all, on whatever port',
    { ...opened('in-vpc', '10.0.0.54', '10.0.0.53:5353'), ...servers('10.0.0.53', '10.0.0.54') },
    [
      ok(
        "The VPC's DHCP options name 10.0.0.53, 10.0.0.54, and dnsServers too: the function's security group lets it ask them.",
      ),
    ],
  ],
  ['they may not be read', { vpcDnsServers: denied }, [unknown('denied')]],
])('of the servers of the DHCP options it is said where %s', (_, changes, expected) => {
  expect(judgeAll([dhcpDns], someFacts(changes))).toEqual(findingsOf('dhcp-dns', expected))
})

const off = (named: string, are: string) =>
  problem(
    `${named} of vpc-0c0a5ade000000001 ${are} off: private hosted zones do not work there, so weights move no client.`,
    `Set ${named} on the VPC.`,
    sources.vpcDns,
  )
const dns = (support: boolean, hostnames: boolean): Changes => ({ there: { vpcDns: known({ support, hostnames }) } })

it.each<[string, Changes, Judgement[]]>([
  ['both are on', {}, [ok('DNS support and DNS hostnames of the consumer’s VPC are on.')]],
  ['support is off', dns(false, true), [off('enableDnsSupport', 'is')]],
  ['hostnames are off', dns(true, false), [off('enableDnsHostnames', 'is')]],
  ['both are off', dns(false, false), [off('enableDnsSupport and enableDnsHostnames', 'are')]],
  ['they may not be read', { there: { vpcDns: denied } }, [unknown('denied')]],
])('of the DNS of the consumer’s VPC it is said where %s', (_, changes, expected) => {
  expect(judgeAll([consumerVpcDns], soundFacts(changes))).toEqual(findingsOf('vpc-dns', expected))
})

it.each<[string, Changes, Judgement[]]>([
  [
    'off',
    {},
    [
      ok('vpce-gateway has private DNS off.'),
      notice(
        'UNCONFIRMED in AWS: that an endpoint to an RDS ARN keeps private DNS off when it is created so.',
        "In the consumer’s VPC: aws ec2 describe-vpc-endpoint-associations --vpc-endpoint-ids vpce-gateway --query 'VpcEndpointAssociations[].PrivateDnsEntry'",
        sources.configuration,
      ),
    ],
  ],
  [
    'on',
    { consumerSide: { gateway: known({ ...gatewayPath, hasPrivateDns: true }) } },
    [
      problem(
        "vpce-gateway has private DNS on: the database's name leads to it in the whole VPC, whatever the weights are.",
        'Replace the endpoint by one with PrivateDnsEnabled false: it cannot be changed.',
        sources.resourceEndpoint,
      ),
    ],
  ],
  ['not known', { consumerSide: { gateway: denied } }, [unknown('denied')]],
  ['of an endpoint that is not there yet', { consumerSide: { gateway: none('There is none.') } }, []],
])('private DNS of the resource endpoint is %s', (_, changes, expected) => {
  expect(judgeAll([privateDns], soundFacts(changes))).toEqual(findingsOf('private-dns', expected))
})

it('nothing is said of the consumer’s DNS where nobody asks about a consumer', () => {
  const { there: _, consumerSide: __, ...ofProvider } = soundFacts()
  expect(judgeAll([consumerVpcDns, privateDns], ofProvider)).toEqual([])
})
