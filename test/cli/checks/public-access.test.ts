import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { publiclyAccessible, publicTarget } from '../../../cli/checks/public-access.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { database, lambda, settingsOf, someFacts } from '../doctor-facts.ts'
import { aDatabase, type Changes, database as gatewayDatabase, soundFacts } from '../migrate-facts.ts'

const isPublic = known({ ...database, isPubliclyAccessible: true })
const functionIn = (vpcId: string) =>
  known({ ...lambda, vpc: { vpcId, subnetIds: ['subnet-1'], securityGroupIds: ['sg-fn'] } })
const isOnlyPrivateInside = warning(
  'The database is publicly accessible: its name gives a private address only inside the VPC, and only with the VPC’s DNS hostnames and DNS support on.',
  'Consumers come over PrivateLink: set publicly accessible to no.',
  sources.rdsInVpc,
)
const isRefused = (where: string) =>
  problem(
    `The database is publicly accessible and the function runs ${where}: there the name gives the public address, which Repoint refuses (address-not-allowed).`,
    'Set publicly accessible to no, or network.mode to in-vpc or isolated in repoint.json.',
    sources.rdsInVpc,
  )
const notDeployed = none('Function not found.')
const network = (mode: string) => settingsOf({ network: { mode } })

describe('the name of the database, where the function runs', () => {
  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: Judgement]>([
    ['is private everywhere', {}, ok('The database is not publicly accessible: its name has the private address everywhere.')],
    ['is private everywhere, whatever is known of the function', { lambda: notKnown('denied') },
      ok('The database is not publicly accessible: its name has the private address everywhere.')],
    ['is private in its own VPC alone', { database: isPublic, lambda: functionIn('vpc-1') }, isOnlyPrivateInside],
    ['is public in another VPC', { database: isPublic, lambda: functionIn('vpc-2') }, isRefused('in vpc-2')],
    ['is public outside of every VPC', { database: isPublic }, isRefused('outside its VPC')],
    ['will be public, by the settings before the first deployment', { database: isPublic, lambda: notDeployed, settings: network('outside-vpc') }, isRefused('outside its VPC')],
    ['will be private in the VPC', { database: isPublic, lambda: notDeployed, settings: network('in-vpc') }, isOnlyPrivateInside],
    ['will be private in isolated subnets', { database: isPublic, lambda: notDeployed, settings: network('isolated') }, isOnlyPrivateInside],
    ['is not known where the function is not', { database: isPublic, lambda: notKnown('denied') }, unknown('denied')],
    ['is not known where the database is not', { database: notKnown('denied') }, unknown('denied')],
    ['means nothing where there is no database', { database: none('A host name.') }, notice('A host name.')],
  ])('%s', (_, changes, expected) => {
    expect(publiclyAccessible.judge(someFacts(changes))).toEqual([expected])
  })
})

describe('a resource configuration', () => {
  const publicDatabase = { database: known({ ...aDatabase, isPubliclyAccessible: true }) }
  const byName = { ...gatewayDatabase, gateway: { ...gatewayDatabase.gateway, target: 'dns' as const } }

  // biome-ignore format: a table
  it.each<[name: string, changes: Changes, expected: readonly Judgement[]]>([
    ['names a private database', {}, [ok('The database is not publicly accessible.')]],
    ['cannot have the ARN of a public one', { provider: publicDatabase },
      [problem('The database is publicly accessible: AWS refuses a resource configuration of its ARN.',
        'Make it private (aws rds modify-db-instance --no-publicly-accessible): its name then has its private address everywhere.',
        sources.configuration)]],
    ['leads to the public address by the name of a public one', { database: byName, provider: publicDatabase },
      [problem('The database is publicly accessible: the gateway resolves its name to the public address, and would need a NAT gateway to reach it.',
        'Make it private (aws rds modify-db-instance --no-publicly-accessible).',
        sources.configuration)]],
    ['names a host that RDS knows nothing of', { database: { ...gatewayDatabase, kind: 'hostname' }, provider: publicDatabase }, []],
    ['is not judged where the database may not be read', { provider: { database: notKnown('denied') } }, [unknown('denied')]],
  ])('%s', (_, changes, expected) => {
    expect(publicTarget.judge(soundFacts(changes))).toEqual(expected)
  })

  it('is judged under the name that doctor has for the same question', () => {
    expect([publicTarget.name, publicTarget.question]).toEqual([
      publiclyAccessible.name,
      'Can a resource configuration name the database?',
    ])
  })
})
