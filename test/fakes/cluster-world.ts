import { aliasTo, answers } from './fake-dns.ts'
import { writerGroup } from './fake-front-door.ts'
import { A, anEvent, B, C, port, type World } from './world.ts'

/** A cluster of three members, and the front doors over them. */

export const ids = ['one', 'two', 'three']
export const host = (id: string) => `${id}.abc123.eu-west-1.rds.amazonaws.com`
export const vote = (writerId: string, memberIds = ids) => ({ status: 'available', memberIds, writerId })
export const members = ids.map(id => ({ id, status: 'available', endpoint: host(id) }))
export const names = { [host('one')]: answers(A), [host('two')]: answers(B), [host('three')]: answers(C) }

export const started = anEvent({ eventId: 'RDS-EVENT-0073', meaning: 'Failover across zones started' })

/** The writer stays where it is, or fails over from one to two after 17 s. */
export const still = {
  dns: [[0, aliasTo('one', A)]] as const,
  votes: [[0, vote('one')]] as const,
  members: [[0, members]] as const,
  names,
}
export const failover = {
  ...still,
  dns: [...still.dns, [17_000, aliasTo('two', B)]] as const,
  votes: [...still.votes, [17_500, vote('two')]] as const,
}

export const listenerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/0123456789abcdef/0123456789abcdef'
export const groups = ['1', '2', '3'].map(end => `${writerGroup.slice(0, -1)}${end}`)
export const [one = '', two = '', three = ''] = groups
export const weightedDoor = {
  role: 'writer' as const,
  strategy: 'weighted' as const,
  listenerArn,
  targetGroupArns: groups,
  port,
}

export const weigh = (world: World, ...weights: number[]) =>
  world.frontDoor.putWeights(
    listenerArn,
    groups.map((targetGroupArn, index) => ({ targetGroupArn, weight: weights[index] ?? 0 })),
  )

/** Each member healthy in the group of its turn. */
export const full = (world: World) => {
  world.frontDoor.put({ ip: A, port }, 'healthy', one)
  world.frontDoor.put({ ip: B, port }, 'healthy', two)
  world.frontDoor.put({ ip: C, port }, 'healthy', three)
}

export const second = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders-2/fedcba9876543210'
export const swapDoor = (targetGroupArn: string) => ({
  role: 'writer' as const,
  strategy: 'swap' as const,
  targetGroupArn,
  port,
})
