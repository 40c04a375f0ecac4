import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import { consumer } from './consumer-fields.ts'
import { database, tags } from './database-fields.ts'
import { described } from './described.ts'
import { endpoint } from './endpoint-fields.ts'
import { accounts, defaults, files, vpcs } from './fleet-fields.ts'
import { loadBalancer } from './load-balancer-fields.ts'

/** The shape of repoint.json. What one field says about another is a rule (rules.ts). */
export const settingsSchema = values.closed({
  $schema: v.optional(v.string('a path or a URL')),
  databases: v.optional(
    described('None where the file is a consumer’s own.', values.listOf(database, 'databases')),
    [],
  ),
  consumers: v.optional(
    described('Who connects from other VPCs, each with a stack of its own.', values.listOf(consumer, 'consumers')),
    [],
  ),
  loadBalancers: v.optional(
    described(
      'Load balancers that several databases share, each with a stack of its own.',
      values.listOf(loadBalancer, 'load balancers'),
    ),
    [],
  ),
  endpoints: v.optional(
    described(
      'Interface endpoints that several consumers share, each with a stack of its own.',
      values.listOf(endpoint, 'endpoints'),
    ),
    [],
  ),
  tags: v.optional(described('Of every resource of every stack.', tags), {}),
  defaults: v.optional(described('Of every database, whose own settings are merged into them.', defaults)),
  vpcs: v.optional(described('Networks that entries name in vpc instead of repeating them.', vpcs)),
  accounts: v.optional(
    described('How the commands reach each account; without it by the standard credential chain.', accounts),
    {},
  ),
  files: v.optional(described('More entries, for example one file for each account.', files), []),
})
