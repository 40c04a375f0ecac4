import type { Origin, Stage } from '../../infra/app/settings/stages.ts'
import * as fixture from '../fixture.ts'
import { type DatabaseSettings, settingsFor } from './deployment.ts'
import { latticeArn } from './ids.ts'
import type { Template } from './intrinsics.ts'
import { type Side, stacksOf } from './synthesis.ts'

/** Where provider and consumer of the lab are in the migration to the resource gateway. */
export interface StageSettings {
  readonly stage: Stage
  /** What is deployed now. */
  readonly from: Origin
  /** With stage `shift`. */
  readonly percent?: number
}

export type StackPair = Readonly<Record<Side, Template>>

/** What `repoint.json` says of the lab's database and its consumer. */
export const settingsAt = (
  kind: fixture.DatabaseKind,
  { stage, from, percent }: StageSettings,
  database: DatabaseSettings = {},
) => ({
  databases: [
    {
      ...settingsFor(kind, database),
      gateway: { stage, from, databaseSecurityGroupId: fixture.networkNames.databaseGroup },
    },
  ],
  consumers: [
    {
      name: fixture.consumer.name,
      database: 'orders',
      serviceName: `com.amazonaws.vpce.${fixture.region}.${fixture.networkNames.endpointService}`,
      vpcId: fixture.consumer.vpc.id,
      subnets: fixture.consumer.subnets,
      clientCidrs: fixture.consumer.vpc.cidrs,
      account: fixture.account,
      region: fixture.region,
      gateway: {
        stage,
        from,
        ...(percent === undefined ? {} : { percent }),
        ...(stage === 'nlb'
          ? {}
          : {
              resourceConfigurationArn: latticeArn('resourceconfiguration', fixture.networkNames.resourceConfiguration),
            }),
        ...(kind === 'cluster' && stage !== 'nlb' ? { readerHostname: fixture.endpoints.readers } : {}),
      },
    },
  ],
})

export const stacksAt = async (
  kind: fixture.DatabaseKind,
  stage: StageSettings,
  database: DatabaseSettings = {},
): Promise<StackPair> => {
  const { provider, consumer } = await stacksOf(settingsAt(kind, stage, database))
  if (!provider || !consumer) throw new Error(`the settings of stage ${stage.stage} do not give both stacks`)
  return { provider, consumer }
}

/** Forward the provider goes first, for the consumer to find what it connects to; backward, and at the end, last. */
export const orderOf = ({ stage, from }: StageSettings): readonly Side[] =>
  stage === 'retired' || stage === 'nlb' || (stage === 'shadow' && ['shift', 'gateway'].includes(from))
    ? ['consumer', 'provider']
    : ['provider', 'consumer']
