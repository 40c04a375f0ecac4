import * as v from 'valibot'
import { described } from './described.ts'
import { isInside } from './networks.ts'
import * as words from './words.ts'

const subnet = v.pipe(
  words.closed({
    id: words.subnetId,
    zone: words.zoneName,
    zoneId: v.optional(described('The same place in every account; consumers find common zones by it.', words.zoneId)),
    cidr: v.optional(
      described('Opens the database’s security group where the load balancer has no fixed address.', words.network),
    ),
    address: v.optional(described('A fixed private address for the load balancer in this subnet.', words.address)),
  }),
  v.forward(
    v.partialCheck(
      [['cidr'], ['address']],
      it => it.cidr === undefined || it.address === undefined || isInside(it.address, it.cidr),
      'an address inside the subnet’s own cidr',
    ),
    ['address'],
  ),
)

export const subnets = v.pipe(
  words.listOf(subnet, 'a list of subnets'),
  v.minLength(1, 'at least one subnet'),
  v.check(list => new Set(list.map(it => it.zone)).size === list.length, 'one subnet for each Availability Zone'),
  v.check(
    list => [0, list.length].includes(list.filter(it => it.address !== undefined).length),
    'a fixed address in every subnet, or in none',
  ),
)

export type Subnet = v.InferOutput<typeof subnet>
