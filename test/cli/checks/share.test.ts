import { describe, expect, it } from 'vitest'
import { type Judgement, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { share } from '../../../cli/checks/share.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import {
  aConfiguration,
  type Changes,
  configurationArn,
  consumer,
  database,
  settingsWith,
  soundFacts,
  withoutGateway,
} from '../migrate-facts.ts'

const own = '111122223333'
const other = '444455556666'
const organization = 'arn:aws:organizations::111122223333:organization/o-1'
const otherArn = `${configurationArn.slice(0, -1)}1`
const { account: _, ...unnamed } = consumer
/** Its settings name the account, or none. */
const ofAccount = (account?: string) => {
  const { account: __, ...env } = consumer.env
  return { consumer: account === undefined ? { ...unnamed, env } : { ...consumer, account, env: { ...env, account } } }
}
const withPrincipals = (...principals: string[]) => ({ ...database, gateway: { ...database.gateway, principals } })
const outside = { ...database, gateway: { ...database.gateway, principals: [other], allowExternalPrincipals: true } }
/** The consumer's credentials are of the other account, which is the consumer's. */
const abroad = (there: Changes['there'] = {}) => ({ ...ofAccount(other), there: { account: known(other), ...there } })
/** No gateway yet, and these credentials of the consumer's. */
const early = (principals: string[], { consumer: of } = ofAccount(other), used = other): Changes => ({
  ...withoutGateway,
  consumer: { ...of, gateway: { stage: 'nlb', from: 'nlb' } },
  database: withPrincipals(...principals),
  there: { ...withoutGateway.there, account: known(used) },
})

const sees = ok("The consumer's account sees rcfg-0123456789abcdef0.")
const nothingToShare = ok('Consumer and database are in one account: nothing has to be shared.')
const notSeen = (why: string, principals: string, remedy: string): Judgement =>
  problem(
    `The consumer's account does not see the resource configuration (${why}). It is shared with ${principals}.`,
    remedy,
    sources.sharing,
  )
const accept =
  "Accept the invitation in the consumer's account (aws ram get-resource-share-invitations, accept-resource-share-invitation)"
const notAmong = (principals: string): Judgement =>
  problem(
    `The consumer's account ${other} is not among gateway.principals (${principals}): it would not see the resource configuration.`,
    `Add "${other}" to gateway.principals of the database.`,
    sources.sharing,
  )

describe('the share of the resource configuration', () => {
  it.each<[string, Changes, Judgement]>([
    ['is seen within one account', {}, sees],
    ['is seen from another account', abroad(), sees],
    [
      'was not accepted',
      { ...abroad({ shared: none('Not found in rcfg-1.eu.') }), database: withPrincipals(other, organization) },
      notSeen(
        'Not found in rcfg-1.eu',
        `${other}, ${organization}`,
        `${accept}; outside the organization set gateway.allowExternalPrincipals.`,
      ),
    ],
    [
      'was not accepted outside the organization, which the settings allow',
      { ...abroad({ shared: none('Not found.') }), database: outside },
      notSeen('Not found', other, `${accept}.`),
    ],
    [
      'is with nobody',
      { there: { shared: none('Not found') } },
      notSeen(
        'Not found',
        'no account',
        'Name the consumer’s account in gateway.principals of the database and deploy; within one account check --consumer-profile.',
      ),
    ],
    ['is not known', { there: { shared: notKnown('Throttled.') } }, unknown('Throttled.')],
    [
      'is not looked at without knowing whose credentials these are',
      { there: { account: notKnown('No credentials.'), shared: none('Not found.') } },
      unknown('No credentials.'),
    ],
    [
      'is not looked at with credentials of another account',
      { ...ofAccount(other), there: { shared: none('Not found.') } },
      problem(
        `The consumer is in account ${other}, and these credentials belong to ${own}: its side was not really read.`,
        'Give credentials of the consumer’s account: --consumer-profile NAME.',
      ),
    ],
    ['is looked at with any credentials where the settings name no account', ofAccount(), sees],
    [
      'is of another resource configuration than the consumer names',
      { provider: { configuration: known({ ...aConfiguration, arn: otherArn }) } },
      problem(
        `The consumer's settings name the resource configuration ${configurationArn}; the provider has ${otherArn}.`,
        'Put the provider stack’s output ResourceConfigurationArn into gateway.resourceConfigurationArn: that is another resource endpoint, so go back to shadow first.',
        sources.configuration,
      ),
    ],
    [
      'is of a resource configuration that the consumer names and the provider does not have',
      { provider: { configuration: none('There is no resource configuration.') } },
      problem(
        `The consumer's settings name the resource configuration ${configurationArn}; the provider has none.`,
        'Deploy the provider at shadow first, and take the ARN from its stack’s output ResourceConfigurationArn.',
        sources.configuration,
      ),
    ],
    [
      'is not compared with a resource configuration that cannot be read',
      { provider: { configuration: notKnown('Throttled.') } },
      sees,
    ],
    [
      'is compared with nothing that the consumer names',
      { consumer: settingsWith({}, { gateway: { stage: 'nlb' } }).consumer },
      sees,
    ],
    ['needs none within one account, before there is a gateway', early([], ofAccount(own), own), nothingToShare],
    ['needs none where the credentials are of the one account', early([], ofAccount(), own), nothingToShare],
    ['is needed where the credentials are of another account', early([], ofAccount()), notAmong('none')],
    [
      'is going to be with the account',
      early([own, other]),
      ok(`Stage shadow shares the resource configuration with ${own}, ${other}.`),
    ],
    [
      'is going to be with the organization',
      early([organization]),
      ok(`Stage shadow shares the resource configuration with ${organization}.`),
    ],
    ['is going to be with nobody', early([]), notAmong('none')],
    ['is going to be with others', early([own, '777788889999']), notAmong(`${own}, 777788889999`)],
  ])('%s', (_, changes, expected) => {
    expect(share.judge(soundFacts(changes))).toEqual([expected])
  })

  it('is not asked about without a consumer, or without its account', () => {
    const { consumer: __, ...noConsumer } = soundFacts()
    const { there: ___, ...noAccount } = soundFacts()

    expect([share.judge(noConsumer), share.judge(noAccount)]).toEqual([[], []])
  })
})
