import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import * as aws from './aws-values.ts'
import { described } from './described.ts'

const subnet = values.closed({
  id: described('Of the subnet.', aws.subnetId),
  zone: described('Its Availability Zone, by name.', aws.zoneName),
  zoneId: v.optional(described('The same place in every account; consumers find common zones by it.', aws.zoneId)),
  cidr: v.optional(
    described('Opens the database’s security group where the load balancer has no fixed address.', values.network),
  ),
  address: v.optional(described('A fixed private address for the load balancer in this subnet.', values.address)),
})

export const subnets = v.pipe(
  values.listOf(subnet, 'subnets'),
  v.minLength(1, 'at least one subnet'),
  v.check(list => new Set(list.map(it => it.zone)).size === list.length, 'one subnet for each Availability Zone'),
  v.check(
    list => [0, list.length].includes(list.filter(it => it.address !== undefined).length),
    'a fixed address in every subnet, or in none',
  ),
)

export type Subnet = v.InferOutput<typeof subnet>
