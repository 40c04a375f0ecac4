import { expect, it } from 'vitest'
import { findingsOf, type Judgement, judgeAll, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { region } from '../../../cli/checks/region.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { PreflightFacts } from '../../../cli/facts/preflight-facts.ts'
import { consumer, soundFacts } from '../migrate-facts.ts'

const sound = soundFacts()
const { consumer: _, ...withoutConsumer } = sound
const { there, ...withoutThere } = sound
const withoutRegion = <Side extends { region?: string }>({ region: __, ...side }: Side) => side
const elsewhere = (fact: string) =>
  problem(
    `${fact}: a resource endpoint reaches its own Region only.`,
    'This consumer stays with the load balancer’s endpoint service, which reaches other Regions.',
    sources.resourceAccess,
  )
const notKnown = unknown('The Region of consumer or database is not known.', 'Set account and region in the settings.')

it.each<[string, PreflightFacts, Judgement[]]>([
  ['in one Region', sound, [ok('Consumer and database are both in eu-west-1.')]],
  [
    'in two Regions',
    soundFacts({ there: { region: 'us-east-1' } }),
    [elsewhere('The consumer is in us-east-1, the database in eu-west-1')],
  ],
  [
    'in one Region, and the service in another',
    soundFacts({ consumer: { ...consumer, serviceRegion: 'us-east-1' } }),
    [elsewhere("The consumer's service is in another Region (us-east-1)")],
  ],
  ['where the database’s Region is not known', { ...sound, here: withoutRegion(sound.here) }, [notKnown]],
  ['where the consumer’s Region is not known', { ...sound, ...(there && { there: withoutRegion(there) }) }, [notKnown]],
  ['of which no consumer is asked about', withoutConsumer, []],
  ['of which the consumer’s side was not read', withoutThere, []],
])('consumer and database are %s', (_name, facts, expected) => {
  expect(judgeAll([region], facts)).toEqual(findingsOf('region', expected))
})
