import * as v from 'valibot'
import { described } from './described.ts'
import * as words from './words.ts'

const clusterIdentifier = words.matching(
  /^[a-z](?:[a-z0-9]|-(?!-|$)){0,62}$/,
  'a Redshift cluster’s identifier, of lower-case letters, digits and single hyphens',
)

const grant = words.closed({
  account: words.accountId,
  vpcIds: v.optional(
    described(
      'Where that account may make endpoints; anywhere without it.',
      v.pipe(words.listOf(words.vpcId, 'a list of VPC ids'), v.minLength(1, 'at least one VPC')),
    ),
  ),
})

/** A provisioned Redshift cluster's own way to other accounts, beside the load balancer's and the gateway's. */
export const redshift = words.closed({
  clusterIdentifier,
  grants: v.pipe(
    words.listOf(grant, 'a list of grants'),
    v.minLength(1, 'at least one grant'),
    v.check(list => new Set(list.map(it => it.account)).size === list.length, 'one grant for each account'),
  ),
})
