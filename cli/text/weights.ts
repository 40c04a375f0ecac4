import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import type { Weights } from '../../infra/app/settings/stage-weights.ts'
import { inline } from '../terminal.ts'

export const showWeights = ({ nlb, gateway }: Weights): string =>
  `load balancer ${nlb ?? 'no record'}, gateway ${gateway ?? 'no record'}`

/** Of other people's records what each keeps of new lookups once ours together weigh 100. */
export const showOthers = (others: readonly ResourceRecordSet[] = []): string => {
  const total = 100 + others.reduce((sum, { Weight = 0 }) => sum + Weight, 0)
  const texts = others.map(
    ({ SetIdentifier, Weight = 0 }) =>
      `${SetIdentifier ?? 'a record without identifier'} (weight ${Weight}, ${Math.round((100 * Weight) / total)} % of new connections)`,
  )
  return inline(texts.join(', '))
}
