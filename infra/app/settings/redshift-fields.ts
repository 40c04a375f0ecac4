import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import * as aws from './aws-values.ts'
import { described } from './described.ts'

const clusterIdentifier = values.matching(
  /^[a-z](?:[a-z0-9]|-(?!-|$)){0,62}$/,
  'a Redshift cluster’s identifier, of lower-case letters, digits and single hyphens',
)

const grant = values.closed({
  account: described('That may make Redshift-managed endpoints.', aws.accountId),
  vpcIds: v.optional(
    described(
      'Where that account may make endpoints; anywhere without it.',
      v.pipe(values.listOf(aws.vpcId, 'VPC ids'), v.minLength(1, 'at least one VPC')),
    ),
  ),
})

/** A provisioned Redshift cluster's own path to other accounts, beside the load balancer's and the gateway's. */
export const redshift = values.closed({
  clusterIdentifier: described('Of the provisioned cluster.', clusterIdentifier),
  grants: v.pipe(
    described('One for each account.', values.listOf(grant, 'grants')),
    v.minLength(1, 'at least one grant'),
    v.check(list => new Set(list.map(it => it.account)).size === list.length, 'one grant for each account'),
  ),
})
