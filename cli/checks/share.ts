import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, missingFact, ok, problem, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** Asked with the consumer's credentials: what RAM shares is visible only once the invitation is accepted. */
export const share: Check<PreflightFacts> = {
  name: 'share',
  question: 'Does the consumer’s account see the resource configuration?',
  judge: facts => {
    const { consumer, provider, there, database } = facts
    if (consumer === undefined || there === undefined) return []
    if (there.account.kind === 'unknown') return [missingFact(there.account)]
    const wrong = wrongAccount(facts)
    if (wrong !== undefined) return [wrong]
    if (provider.configuration.kind === 'none' && consumer.gateway.resourceConfigurationArn === undefined) {
      return beforeTheGateway(facts)
    }
    const stale = staleArn(facts)
    if (stale !== undefined) return [stale]
    if (there.shared.kind !== 'none') {
      return whenKnown([there.shared], ({ id }) => [ok(`The consumer's account sees ${id}.`)])
    }
    const { principals, allowExternalPrincipals } = database.gateway
    return [
      problem(
        `The consumer's account does not see the resource configuration (${there.shared.why.replace(/\.$/, '')}). It is shared with ${principals.join(', ') || 'no account'}.`,
        principals.length === 0
          ? 'Name the consumer’s account in gateway.principals of the database and deploy; within one account check --consumer-profile.'
          : `Accept the invitation in the consumer's account (aws ram get-resource-share-invitations, accept-resource-share-invitation)${allowExternalPrincipals ? '' : '; outside the organization set gateway.allowExternalPrincipals'}.`,
        sources.sharing,
      ),
    ]
  },
}

/** A replaced configuration has another ARN, and an endpoint leads to the one that it was made for. */
const staleArn = ({ consumer, provider: { configuration } }: PreflightFacts): Judgement | undefined => {
  const said = consumer?.gateway.resourceConfigurationArn
  if (said === undefined || configuration.kind === 'unknown') return undefined
  if (configuration.kind === 'known' && configuration.value.arn === said) return undefined
  return problem(
    `The consumer's settings name the resource configuration ${said}; the provider has ${configuration.kind === 'known' ? configuration.value.arn : 'none'}.`,
    configuration.kind === 'known'
      ? 'Put the provider stack’s output ResourceConfigurationArn into gateway.resourceConfigurationArn: that is another resource endpoint, so go back to shadow first.'
      : 'Deploy the provider at shadow first, and take the ARN from its stack’s output ResourceConfigurationArn.',
    sources.configuration,
  )
}

const wrongAccount = ({ consumer, there }: PreflightFacts): Judgement | undefined => {
  if (there?.account.kind !== 'known' || consumer?.account === undefined) return undefined
  if (there.account.value === consumer.account) return undefined
  return problem(
    `The consumer is in account ${consumer.account}, and these credentials belong to ${there.account.value}: its side was not really read.`,
    'Give credentials of the consumer’s account: --consumer-profile NAME.',
  )
}

const beforeTheGateway = ({ consumer, there, database }: PreflightFacts): readonly Judgement[] => {
  const used = there?.account.kind === 'known' ? there.account.value : undefined
  const account = consumer?.env.account ?? used
  const { principals } = database.gateway
  if (account === undefined || account === database.env.account) {
    return [ok('Consumer and database are in one account: nothing has to be shared.')]
  }
  if (principals.some(it => it === account || it.startsWith('arn:'))) {
    return [ok(`Stage shadow shares the resource configuration with ${principals.join(', ')}.`)]
  }
  return [
    problem(
      `The consumer's account ${account} is not among gateway.principals (${principals.join(', ') || 'none'}): it would not see the resource configuration.`,
      `Add "${account}" to gateway.principals of the database.`,
      sources.sharing,
    ),
  ]
}
