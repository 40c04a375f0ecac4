import { stackName } from '../../../infra/app/settings/resource-names.ts'
import { remedyOf } from '../../checks/load-balancer-use.ts'
import type { RetireCheck } from '../../checks/retire.ts'
import type { RetireSituation } from '../../facts/retirement-facts.ts'

export const checkProviderStage = ({ database }: RetireSituation): RetireCheck => ({
  check: 'provider-stage',
  what: `${database.id} is at gateway in the settings`,
  holds: database.gateway.stage === 'gateway',
  found: `it is at ${database.gateway.stage}`,
  remedy: `Take it there, one stage after the other, and deploy ${stackName(database)}: shadow, shift and gateway are the same resources. \`repoint migrate plan\` shows the settings.`,
})

/** What everybody is to come through alone. */
export const checkProviderGateway = ({
  provider: { gateway, configuration },
  database,
}: RetireSituation): RetireCheck => {
  const shown = [gateway, configuration].map(it =>
    it.kind === 'known'
      ? { isActive: it.value.status === 'ACTIVE', text: `${it.value.id} is ${it.value.status}` }
      : it.why,
  )
  const unknown = [gateway, configuration].find(({ kind }) => kind === 'unknown') ?? gateway
  return {
    check: 'provider-gateway',
    what: 'the resource gateway and its resource configuration are active',
    holds: shown.every(it => typeof it !== 'string' && it.isActive),
    found: shown.map(it => (typeof it === 'string' ? it : it.text)).join(', '),
    remedy: remedyOf(
      unknown,
      `Deploy ${stackName(database)} again; \`repoint migrate preflight\` says what is wrong with it.`,
    ),
  }
}

export const checkSettings = ({ settingsProblem }: RetireSituation): RetireCheck => ({
  check: 'settings',
  what: 'the settings can say so',
  holds: settingsProblem === undefined,
  found: settingsProblem ?? 'they stay valid',
  remedy: 'Fix the settings first: what they refuse, no deployment takes.',
})
