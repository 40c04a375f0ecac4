import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import * as aws from './aws-values.ts'
import { tags } from './database-fields.ts'
import { described } from './described.ts'
import { vpcName } from './fleet-fields.ts'
import { subnets } from './subnet-fields.ts'

/** One interface endpoint for everything behind an endpoint service, with a stack of its own. */
export const endpoint = values.closed({
  name: described('Names the stack: Repoint-endpoint-<name>.', aws.shortName),
  serviceName: described('Output EndpointServiceName of the load balancer’s stack.', aws.serviceName),
  serviceRegion: v.optional(described('Where the service is, if not in the endpoint’s Region.', aws.regionName)),
  loadBalancer: v.optional(described('A load balancer of this file: gives the service’s zones.', aws.shortName)),
  serviceZoneIds: v.optional(
    described(
      'Zones of the service, where the load balancer is not of this file.',
      values.listOf(aws.zoneId, 'zone ids'),
    ),
  ),
  account: v.optional(described('Of its consumers, too; by default the deployment’s.', aws.accountId)),
  region: v.optional(described('Of its consumers, too; by default the deployment’s.', aws.regionName)),
  vpc: v.optional(described('One of vpcs, which gives vpcId and subnets.', vpcName)),
  vpcId: described('Where the clients of its consumers are.', aws.vpcId),
  subnets: described('One in each zone where clients are.', subnets),
  tags: v.optional(described('Of every resource of this stack, beside the file’s own.', tags), {}),
})

export type EndpointEntry = v.InferOutput<typeof endpoint>
