import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import { settingsParts } from '../../../functions/reconciler/config.ts'
import * as aws from './aws-values.ts'
import { described } from './described.ts'
import { subnets } from './subnet-fields.ts'

/** What many entries have in common, and how their accounts are reached. */

export const vpcName = values.matching(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  'a name of 1 to 63 letters, digits, dots, hyphens and underscores',
)

const vpc = values.closed({
  vpcId: described('Of the VPC.', aws.vpcId),
  subnets: described('One in each zone of the databases’ subnet groups.', subnets),
  allowedCidrs: v.optional(
    described('Of the databases: only addresses inside are registered.', settingsParts.allowedCidrs),
  ),
})

export const vpcs = aws.recordOf(vpcName, vpc, 'networks by name')

export const accountAccess = v.pipe(
  values.closed({
    profile: v.optional(
      described(
        'A profile of your AWS configuration, for this account or for whoever assumes roleArn.',
        values.matching(/^\S.*$/, 'the name of a profile'),
      ),
    ),
    roleArn: v.optional(described('A role of this account that the commands assume.', aws.roleArn)),
    externalId: v.optional(
      described('What the role’s trust policy asks for.', values.matching(/^[\w+=,.@:/-]{2,1224}$/, 'an external id')),
    ),
  }),
  v.check(it => it.profile !== undefined || it.roleArn !== undefined, 'a profile, a roleArn, or both'),
)

/** How the commands reach an account. */
export type AccountAccess = v.InferOutput<typeof accountAccess>

export const accounts = aws.recordOf(aws.accountId, accountAccess, 'accounts by their ids')

/** Judged with the entries that they are merged into, which `inherit.ts` does. */
export const defaults = aws.recordOf(v.string(), v.unknown(), 'settings of a database')

export const files = values.listOf(values.matching(/\.json$/, 'a .json file, seen from this one'), 'settings files')
