import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import { settingsParts } from '../../../functions/reconciler/config.ts'
import * as aws from './aws-values.ts'
import { alarmTopics, tags, terminationProtection } from './database-fields.ts'
import { described } from './described.ts'
import { vpcName } from './fleet-fields.ts'
import { exposure } from './front-door-fields.ts'
import { consumerGuardrails } from './guardrails-fields.ts'
import { subnets } from './subnet-fields.ts'

/** Of a load balancer; AWS does not raise it (docs/decisions/2026-11-30-one-load-balancer-for-many.md). */
export const mostListeners = 50

/** One load balancer for several databases, with a stack and an endpoint service of its own. */
export const loadBalancer = values.closed({
  name: described('Names the stack: Repoint-load-balancer-<name>.', aws.shortName),
  account: described('Of its databases, too.', aws.accountId),
  region: described('Of its databases, too.', aws.regionName),
  vpc: v.optional(described('One of vpcs, which gives vpcId, subnets and allowedCidrs.', vpcName)),
  vpcId: described('Where it and its databases are.', aws.vpcId),
  subnets: described('One in each zone that any of its databases may have its writer in.', subnets),
  allowedCidrs: v.optional(
    described(
      'Where its security group lets it connect to: the networks of its databases. By default everything that a target group accepts.',
      settingsParts.allowedCidrs,
    ),
  ),
  deletionProtection: v.optional(
    described('Off for a first deployment, which could not be removed; on once it serves.', values.flag),
    false,
  ),
  exposure: v.optional(described('How consumers reach all of its databases: PrivateLink, or networks.', exposure)),
  alarms: v.optional(described('Whom its alarm tells.', alarmTopics), {}),
  guardrails: v.optional(
    described(
      'What the organization asks of every stack: boundary, role path, key, helpers in a VPC.',
      consumerGuardrails,
    ),
    {},
  ),
  tags: v.optional(described('Of every resource of this stack, beside the file’s own.', tags), {}),
  terminationProtection,
})

export type LoadBalancerEntry = v.InferOutput<typeof loadBalancer>
