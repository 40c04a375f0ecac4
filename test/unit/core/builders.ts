import type {
  DoorView,
  NetworkInterface,
  Observation,
  Registration,
  RegistrationState,
  Sighting,
  Step,
  WriterView,
} from '../../../functions/reconciler/core/model.ts'
import { aliasTo, answers, nothing } from '../../fakes/fake-dns.ts'
import { writerGroup } from '../../fakes/fake-front-door.ts'
import { A, B, C, port } from '../../fakes/world.ts'

export { A, aliasTo, answers, B, C, nothing, port, writerGroup }

const held =
  (state: RegistrationState) =>
  (ip: string, ownPort = port): Registration => ({ ip, port: ownPort, state })

export const healthy = held('healthy')
export const unhealthy = held('unhealthy')
export const initial = held('initial')
export const draining = held('draining')
export const unused = held('unused')
export const unhealthyDraining = held('unhealthy.draining')

export const aDoor = (...registrations: Registration[]): DoorView => ({
  role: 'writer',
  strategy: 'swap',
  targetGroupArn: writerGroup,
  port,
  registrations,
})

export const settled = (...addresses: string[]): WriterView => ({
  kind: 'settled',
  addresses,
  because: 'answers-agree',
})
export const credible = (...addresses: string[]): WriterView => ({
  kind: 'credible',
  addresses,
  missing: 'more-answers',
})
export const unknown: WriterView = { kind: 'unknown', why: 'no-answer', detail: 'ESERVFAIL' }
export const notAllowed: WriterView = { kind: 'not-allowed', addresses: ['54.84.181.60'], outside: ['54.84.181.60'] }

export const anObservation = (writer: WriterView, ...registrations: Registration[]): Observation => ({
  writer,
  doors: [aDoor(...registrations)],
})

export const seen = (atMs: number, answer: Sighting['answer'], vote?: Sighting['vote']): Sighting => ({
  atMs,
  answer,
  ...(vote && { vote }),
})

/** `+` registers, `-` deregisters, `=` gives weight, `~` remembers (`!` as disproved); a group of a listener by its last letter. */
export const shownSteps = (steps: readonly Step[]): string[] =>
  steps.map(step => {
    if (step.kind === 'set-weights') {
      return `=${step.weights.filter(({ weight }) => weight > 0).map(({ targetGroupArn }) => targetGroupArn.slice(-1))}`
    }
    if (step.kind === 'remember') return `~${step.pair.map(({ ip, isDisproved }) => (isDisproved ? `!${ip}` : ip))}`
    const where = step.listenerArn ? `${step.targetGroupArn.slice(-1)}:` : ''
    return `${{ register: '+', deregister: '-' }[step.kind]}${where}${step.targets.map(({ ip, port: own }) => (own === port ? ip : `${ip}:${own}`))}`
  })

/** RDS's interface at an address, in the security group of our database. */
export const interfaceAt = (ip: string, more: Partial<NetworkInterface> = {}): NetworkInterface => ({
  ip,
  interfaceId: `eni-${ip}`,
  subnetId: `subnet-${ip}`,
  requesterId: 'amazon-rds',
  securityGroupIds: ['sg-orders'],
  ...more,
})
