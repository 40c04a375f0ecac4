import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import * as aws from './aws-values.ts'
import { described } from './described.ts'

/** Private DNS leads every caller in the VPC to the endpoints: whoever else calls these APIs has to be let in. */
const createdEndpoints = values.closed({
  clientCidrs: v.optional(
    described('Networks of others in the VPC who call the same APIs.', values.listOf(values.network, 'networks')),
    [],
  ),
  clientSecurityGroupIds: v.optional(
    described('Security groups of others who do.', values.listOf(aws.securityGroupId, 'security groups')),
    [],
  ),
  lambda: v.optional(
    described('An endpoint of Lambda’s API too, for whoever calls the function from inside the VPC.', values.flag),
    false,
  ),
})

export const networkMode = values.closed({
  mode: v.optional(
    described(
      'Outside a VPC, in the database’s, or there without a way to the internet.',
      v.picklist(['outside-vpc', 'in-vpc', 'isolated'], 'one of outside-vpc, in-vpc, isolated'),
    ),
    'outside-vpc',
  ),
  subnetIds: v.optional(
    described('Where the function is; by default the database’s subnets.', values.listOf(aws.subnetId, 'subnet ids')),
  ),
  endpoints: v.optional(
    described(
      'isolated: the stack creates the VPC endpoints of AWS’s APIs, or uses those that there are.',
      v.union(
        [
          v.literal('create'),
          values.closed({ securityGroupId: described('Of the endpoints that the VPC has.', aws.securityGroupId) }),
          createdEndpoints,
        ],
        'create, {"clientCidrs": […], "clientSecurityGroupIds": […], "lambda": true} for what is created, or {"securityGroupId": "sg-…"} of the interface endpoints that the VPC has already',
      ),
    ),
  ),
})

/** What the stack creates, or nothing where it takes the endpoints that the VPC has. */
export const createdEndpointsOf = ({
  mode,
  endpoints = 'create',
}: v.InferOutput<typeof networkMode>): v.InferOutput<typeof createdEndpoints> | undefined => {
  if (mode !== 'isolated' || (typeof endpoints === 'object' && 'securityGroupId' in endpoints)) return undefined
  return endpoints === 'create' ? v.parse(createdEndpoints, {}) : endpoints
}

/** What CloudWatch Logs accepts. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const

export const functionSettings = values.closed({
  memoryMb: v.optional(described('Lambda gives processor with it.', aws.between(128, 10_240, 'megabytes')), 512),
  reserveConcurrency: v.optional(
    described('False where the account’s concurrency is too small to reserve from.', values.flag),
    true,
  ),
  everyMinutes: v.optional(
    described('The schedule: what no event tells is found so soon.', aws.between(1, 60, 'minutes')),
    1,
  ),
  logRetentionDays: v.optional(
    described('For so long CloudWatch keeps the log.', v.picklist(retentionDays, `one of ${retentionDays.join(', ')}`)),
    90,
  ),
  // Not higher: the summary of each run is an INFO line, and what alarms read is printed too.
  logLevel: v.optional(
    described('DEBUG prints every look.', v.picklist(['DEBUG', 'INFO'], 'one of DEBUG, INFO')),
    'INFO',
  ),
})

/** Lambda's own limit. */
export const functionTimeoutSeconds = 900
