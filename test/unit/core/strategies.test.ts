import { describe, expect, it } from 'vitest'
import type {
  DoorView,
  MemberView,
  NetworkInterface,
  Observation,
  PairView,
  Registration,
  Remembered,
  WriterView,
} from '../../../functions/reconciler/core/model.ts'
import { lacksReader, plan } from '../../../functions/reconciler/core/plan.ts'
import { availableMembers } from '../../../functions/reconciler/core/strategies/members.ts'
import { hasPartner } from '../../../functions/reconciler/core/strategies/standby.ts'
import {
  A,
  aDoor,
  B,
  C,
  credible,
  draining,
  healthy,
  initial,
  interfaceAt,
  notAllowed,
  settled,
  shownSteps,
  unhealthy,
  unknown,
  unused,
} from './builders.ts'

const D = '10.0.4.40'
const E = '10.0.5.50'
const plans = (observation: Observation) => shownSteps(plan(observation))

describe('standby', () => {
  const remember = (...ips: string[]): Remembered[] =>
    ips.map(ip => ({ ip, interfaceId: `eni-${ip}`, subnetId: `subnet-${ip}` }))
  const around = (sharedWith: string[]): Partial<PairView> => ({
    neighbourhood: { isMultiAz: false, sharedWith, interfaces: [] },
  })
  /** Some are remembered as the pair, others as disproved. */
  const disproving = (ips: string[], disproved: string[], owners: NetworkInterface[]): PairView => ({
    remembered: [
      ...remember(...ips),
      ...remember(...disproved).map(entry => ({ ...entry, isDisproved: true as const })),
    ],
    owners,
  })
  const pairOf = (ips: string[], owners?: NetworkInterface[], more: Partial<PairView> = {}): PairView => ({
    remembered: remember(...ips),
    ...(owners && { owners }),
    ...more,
  })
  const aStandby = (writer: WriterView, pair: PairView | undefined, ...held: Registration[]): Observation => ({
    writer,
    doors: [{ ...aDoor(...held), strategy: 'standby', ...(pair && { pair }) }],
  })
  const both = [interfaceAt(A), interfaceAt(B)]
  const alone = { isMultiAz: true, sharedWith: [], interfaces: both }
  const answering = (forMs: number) => ({ bothHealthy: { forMs, enoughMs: 60_000 } })
  const adopting = (more: object) => pairOf([A], [interfaceAt(A)], { neighbourhood: { ...alone, ...more } })

  it.each<[string, Observation, string[]]>([
    ['keeps both of a proved pair', aStandby(settled(A), pairOf([A, B], both), healthy(A), unhealthy(B)), []],
    ['has nothing to do at a failover', aStandby(settled(B), pairOf([A, B], both), unhealthy(A), healthy(B)), []],
    ['registers the proved other one', aStandby(settled(A), pairOf([A, B], both), healthy(A)), [`+${B}`]],
    [
      'registers a draining other one again',
      aStandby(settled(A), pairOf([A, B], both), healthy(A), draining(B)),
      [`+${B}`],
    ],
    ['remembers the writer when nothing is remembered', aStandby(settled(A), pairOf([], both), healthy(A)), [`~${A}`]],
    [
      'learns the pair from the writer that was',
      aStandby(settled(B), pairOf([A], both, around([])), unhealthy(A), healthy(B)),
      [`~${B},${A}`],
    ],
    [
      'drops an address that belongs to another interface now',
      aStandby(
        settled(A),
        pairOf([A, B], [interfaceAt(A), interfaceAt(B, { interfaceId: 'eni-other' })]),
        healthy(A),
        healthy(B),
      ),
      [`-${B}`, `~${A}`],
    ],
    [
      'drops an address that nobody owns now',
      aStandby(settled(A), pairOf([A, B], [interfaceAt(A)]), healthy(A), unhealthy(B)),
      [`-${B}`, `~${A}`],
    ],
    [
      'drops an address that is not of RDS now',
      aStandby(
        settled(A),
        pairOf([A, B], [interfaceAt(A), interfaceAt(B, { requesterId: 'somebody' })]),
        healthy(A),
        healthy(B),
      ),
      [`-${B}`, `~${A}`],
    ],
    [
      'drops an address with other security groups',
      aStandby(
        settled(A),
        pairOf([A, B], [interfaceAt(A), interfaceAt(B, { securityGroupIds: ['sg-other'] })]),
        healthy(A),
        healthy(B),
      ),
      [`-${B}`, `~${A}`],
    ],
    [
      'drops an address with more security groups',
      aStandby(
        settled(A),
        pairOf([A, B], [interfaceAt(A), interfaceAt(B, { securityGroupIds: ['sg-orders', 'sg-x'] })]),
        healthy(A),
        healthy(B),
      ),
      [`-${B}`, `~${A}`],
    ],
    [
      'drops an address that moved to another subnet',
      aStandby(
        settled(A),
        pairOf([A, B], [interfaceAt(A), interfaceAt(B, { subnetId: 'subnet-x' })]),
        healthy(A),
        healthy(B),
      ),
      [`-${B}`, `~${A}`],
    ],
    [
      'drops an address whose interface has another one now',
      aStandby(
        settled(A),
        pairOf([A, B], [interfaceAt(A), interfaceAt(C, { interfaceId: `eni-${B}`, subnetId: `subnet-${B}` })]),
        healthy(A),
        unhealthy(B),
      ),
      [`-${B}`, `~${A}`],
    ],
    [
      'drops an address with one security group of the writer’s and one of its own',
      aStandby(
        settled(A),
        pairOf(
          [A, B],
          [
            interfaceAt(A, { securityGroupIds: ['sg-orders', 'sg-x'] }),
            interfaceAt(B, { securityGroupIds: ['sg-orders', 'sg-y'] }),
          ],
        ),
        healthy(A),
        unhealthy(B),
      ),
      [`-${B}`, `~${A}`],
    ],
    [
      'keeps one that answers while the writer does not',
      aStandby(settled(A), pairOf([A, B], both), unhealthy(A), healthy(B)),
      [],
    ],
    [
      'drops what gets no traffic and is not remembered',
      aStandby(settled(A), pairOf([A], [interfaceAt(A)]), healthy(A), unused(B)),
      [`-${B}`],
    ],
    [
      'removes nothing for a credible writer of a proved pair',
      aStandby(credible(B), pairOf([A, B], both), healthy(A), unhealthy(B), healthy(C)),
      [],
    ],
    [
      'drops what was never remembered',
      aStandby(settled(A), pairOf([A, B], both), healthy(A), unhealthy(B), healthy(C)),
      [`-${C}`],
    ],
    [
      'removes nothing while AWS does not say who owns what',
      aStandby(settled(A), pairOf([A, B]), healthy(A), unhealthy(B)),
      [],
    ],
    ['adds nothing while AWS does not say who owns what', aStandby(settled(A), pairOf([A, B]), healthy(A)), []],
    ['removes nothing when the tags could not be read', aStandby(settled(A), undefined, healthy(A), unhealthy(B)), []],
    [
      'removes nothing when the writer is not among the owners',
      aStandby(settled(C), pairOf([A, B], both), healthy(A), unhealthy(B)),
      [`+${C}`],
    ],
    [
      'lets the whole pair go for a writer that was never remembered: a switchover, or a rename',
      aStandby(settled(C), pairOf([A, B], [...both, interfaceAt(C)]), unhealthy(A), unhealthy(B)),
      [`+${C}`, `-${A},${B}`, `~${C}`],
    ],
    [
      'keeps the old writer at the first failover, when no other database has our security groups',
      aStandby(settled(B), pairOf([A], both, around([])), unhealthy(A)),
      [`+${B}`, `~${B},${A}`],
    ],
    [
      'lets the old writer go at the first failover when another database has them',
      aStandby(settled(B), pairOf([A], both, around(['orders-old1'])), unhealthy(A)),
      [`+${B}`, `-${A}`, `~${B}`],
    ],
    [
      'lets the old writer go at the first failover when nobody was asked who has them',
      aStandby(settled(B), pairOf([A], both), unhealthy(A)),
      [`+${B}`, `-${A}`, `~${B}`],
    ],
    [
      'keeps the old writer out that has just been let go',
      aStandby(settled(B), pairOf([A], both), draining(A), healthy(B)),
      [`~${B}`],
    ],
    [
      'decides nothing from one look that shows both healthy',
      aStandby(settled(A), pairOf([A, B], both, answering(59_999)), healthy(A), healthy(B)),
      [],
    ],
    [
      'marks and lets go what answers beside the writer for long',
      aStandby(settled(A), pairOf([A, B], both, answering(60_000)), healthy(A), healthy(B)),
      [`~${A},!${B}`, `-${B}`],
    ],
    [
      'keeps what answers beside the writer when only a third one is healthy',
      aStandby(settled(A), pairOf([A, B], both, answering(60_000)), healthy(A), unhealthy(B)),
      [],
    ],
    ['does not register again what was disproved', aStandby(settled(A), disproving([A], [B], both), healthy(A)), []],
    [
      'does not adopt what was disproved',
      aStandby(settled(A), { ...adopting({}), remembered: disproving([A], [B], both).remembered }, healthy(A)),
      [],
    ],
    [
      'forgets what was disproved when its interface changes',
      aStandby(
        settled(A),
        disproving([A], [B], [interfaceAt(A), interfaceAt(B, { interfaceId: 'eni-new' })]),
        healthy(A),
      ),
      [`~${A}`],
    ],
    [
      'learns the writer anew at an address that was disproved',
      aStandby(settled(B), { ...disproving([A], [B], both), ...around([]) }, unhealthy(A)),
      [`+${B}`, `~${B},${A}`],
    ],
    [
      'tells two interfaces at the writer’s address apart by what it remembers',
      aStandby(
        settled(A),
        pairOf([A, B], [interfaceAt(A, { interfaceId: 'eni-other-vpc' }), ...both]),
        healthy(A),
        unhealthy(B),
      ),
      [],
    ],
    [
      'does nothing for two unknown interfaces at the writer’s address',
      aStandby(
        settled(A),
        pairOf([B], [interfaceAt(A, { interfaceId: 'eni-other-vpc' }), ...both]),
        healthy(A),
        unhealthy(B),
      ),
      [],
    ],
    [
      'registers a credible writer and removes nothing',
      aStandby(credible(C), pairOf([A, B], both), healthy(A), healthy(B)),
      [`+${C}`],
    ],
    ['does nothing for an unknown writer', aStandby(unknown, pairOf([A, B], both), healthy(A)), []],
    ['does nothing for a public answer', aStandby(notAllowed, pairOf([A, B], both), healthy(A)), []],
    [
      'keeps the other one while the writer gets no traffic',
      aStandby(settled(B), pairOf([A], [interfaceAt(B)]), healthy(A), unused(B)),
      [`~${B}`],
    ],
    [
      'adopts an interface that can be nobody else’s',
      aStandby(settled(A), adopting({}), healthy(A)),
      [`+${B}`, `~${A},${B}`],
    ],
    ['does not adopt what has just been let go', aStandby(settled(A), adopting({}), healthy(A), draining(B)), []],
    [
      'does not take a second address of the writer’s interface for another one',
      aStandby(
        settled(A),
        adopting({ interfaces: [...both, interfaceAt(C, { interfaceId: `eni-${A}` })] }),
        healthy(A),
      ),
      [`+${B}`, `~${A},${B}`],
    ],
    [
      'does not take the writer’s address on an interface that is gone for another one',
      aStandby(
        settled(A),
        adopting({ interfaces: [...both, interfaceAt(A, { interfaceId: 'eni-gone' })] }),
        healthy(A),
      ),
      [`+${B}`, `~${A},${B}`],
    ],
    ['adopts nothing for a Single-AZ instance', aStandby(settled(A), adopting({ isMultiAz: false }), healthy(A)), []],
    [
      'adopts nothing when another database shares the security groups',
      aStandby(settled(A), adopting({ sharedWith: ['invoices'] }), healthy(A)),
      [],
    ],
    [
      'adopts nothing when there are several',
      aStandby(settled(A), adopting({ interfaces: [...both, interfaceAt(C)] }), healthy(A)),
      [],
    ],
    [
      'adopts nothing when there is none',
      aStandby(settled(A), adopting({ interfaces: [interfaceAt(A)] }), healthy(A)),
      [],
    ],
    [
      'adopts nothing in the writer’s own subnet',
      aStandby(
        settled(A),
        adopting({ interfaces: [interfaceAt(A), interfaceAt(B, { subnetId: `subnet-${A}` })] }),
        healthy(A),
      ),
      [],
    ],
    [
      'adopts nothing with other security groups',
      aStandby(
        settled(A),
        adopting({ interfaces: [interfaceAt(A), interfaceAt(B, { securityGroupIds: [] })] }),
        healthy(A),
      ),
      [],
    ],
  ])('%s', (_fact, observation, steps) => {
    expect(plans(observation)).toEqual(steps)
  })

  it('has a partner when the other one is remembered and proved', () => {
    expect(hasPartner(pairOf([A, B], both), A)).toBe(true)
    expect(hasPartner(pairOf([A], both), A)).toBe(false)
    expect(hasPartner(pairOf([A, B], both), C)).toBe(false)
    expect(hasPartner(pairOf([A, B]), A)).toBe(false)
  })
})

const member = (id: string, ip: string | undefined, more: Partial<MemberView> = {}): MemberView => ({
  id,
  status: 'available',
  isWriter: false,
  addresses: ip === undefined ? [] : [ip],
  ...more,
})
const three = [member('one', A, { isWriter: true }), member('two', B), member('three', C)]

describe('weighted', () => {
  const listenerArn = 'listener'
  const group = (name: string, weight: number, ...registrations: Registration[]): DoorView => ({
    ...aDoor(...registrations),
    targetGroupArn: `group-${name}`,
    strategy: 'weighted',
    listenerArn,
    weight,
  })
  const behind = (
    writer: WriterView,
    members: readonly MemberView[] | undefined,
    ...doors: DoorView[]
  ): Observation => ({
    writer,
    doors,
    ...(members && { members }),
  })
  /** Not among the listener's groups: no weight is known. */
  const bare = (name: string): DoorView => ({
    ...aDoor(),
    targetGroupArn: `group-${name}`,
    strategy: 'weighted',
    listenerArn,
  })
  const overlapping = (door: DoorView): DoorView => ({ ...door, overlap: true })

  it.each<[string, Observation, string[]]>([
    [
      'is done when each member has its group and the writer the weight',
      behind(settled(A), three, group('x', 1, healthy(A)), group('y', 0, healthy(B)), group('z', 0, healthy(C))),
      [],
    ],
    [
      'changes weights and nothing else at a failover',
      behind(settled(B), three, group('x', 1, healthy(A)), group('y', 0, healthy(B)), group('z', 0, healthy(C))),
      ['=y'],
    ],
    [
      'mends weights that a stack update has put back',
      behind(settled(B), three, group('x', 1, healthy(A)), group('y', 0, healthy(B)), group('z', 0, healthy(C))),
      ['=y'],
    ],
    [
      'changes no weight for a credible writer',
      behind(credible(B), three, group('x', 1, healthy(A)), group('y', 0, healthy(B)), group('z', 0, healthy(C))),
      [],
    ],
    [
      'fills empty groups, the writer into the one with weight',
      behind(settled(A), three, group('x', 1), group('y', 0), group('z', 0)),
      [`+x:${A}`, `+y:${B}`, `+z:${C}`],
    ],
    ['starts with a credible writer', behind(credible(A), undefined, group('x', 1), group('y', 0)), [`+x:${A}`]],
    [
      'registers a credible writer where nothing is sent yet',
      behind(credible(B), undefined, group('x', 1, healthy(A)), group('y', 0)),
      [`+y:${B}`],
    ],
    [
      'gives a settled newcomer a place and then the weight',
      behind(
        settled(D),
        [member('four', D, { isWriter: true }), member('one', A)],
        group('x', 1, healthy(A)),
        group('y', 0),
      ),
      [`+y:${D}`, '=y'],
    ],
    [
      'frees the group of a stranger for the writer',
      behind(
        settled(D),
        [member('four', D), member('one', A)],
        group('x', 1, healthy(A)),
        group('y', 0, healthy(C)),
        group('z', 0, healthy(B)),
      ),
      [`-y:${C}`, `+y:${D}`, '=y', `-z:${B}`],
    ],
    [
      'frees the group of a reader for the writer when all are members',
      behind(
        settled(D),
        [...three, member('four', D)],
        group('x', 1, healthy(A)),
        group('y', 0, healthy(B)),
        group('z', 0, healthy(C)),
      ),
      [`-z:${C}`, `+z:${D}`, '=z'],
    ],
    [
      'frees the last of several groups when all hold members',
      behind(
        settled(D),
        [...three, member('four', D), member('five', E)],
        group('x', 1, healthy(A)),
        group('y', 0, healthy(B)),
        group('z', 0, healthy(C)),
        group('w', 0, healthy(E)),
      ),
      [`-w:${E}`, `+w:${D}`, '=w'],
    ],
    [
      'frees the group without a member rather than one with a member and a stranger',
      behind(
        settled(D),
        [member('four', D), member('one', A), member('two', B)],
        group('x', 1, healthy(A)),
        group('y', 0, healthy(B), healthy(C)),
        group('z', 0, healthy(E)),
      ),
      [`-z:${E}`, `+z:${D}`, '=z', `-y:${C}`],
    ],
    [
      'frees no group with weight, whoever is in it',
      behind(settled(D), [member('four', D), member('two', B)], group('x', 1, healthy(A)), group('y', 0, healthy(B))),
      [`-y:${B}`, `+y:${D}`, '=y', `-x:${A}`, `+x:${B}`],
    ],
    [
      'leaves weight to one group before it frees another, where all have weight',
      behind(settled(D), [member('four', D)], group('x', 1, healthy(A)), group('y', 1, healthy(B))),
      ['=x', `-y:${B}`, `+y:${D}`, '=y', `-x:${A}`],
    ],
    [
      'leaves weight to the group that serves, where all have weight',
      behind(settled(D), undefined, group('x', 1), group('y', 1, healthy(B))),
      ['=y', `+x:${D}`, '=x'],
    ],
    [
      'puts no newcomer into an empty group with weight while another one serves',
      behind(credible(A), undefined, group('x', 1), group('y', 0), group('z', 1, healthy(C))),
      [`+y:${A}`],
    ],
    [
      'takes the empty group with weight where nothing with weight serves',
      behind(credible(A), undefined, group('y', 0, healthy(B)), group('z', 0), group('x', 1)),
      [`+x:${A}`],
    ],
    [
      'puts no reader into a group with weight',
      behind(credible(A), three, group('x', 1, healthy(A)), group('y', 1)),
      [],
    ],
    [
      'keeps of two groups of the writer the one with weight',
      behind(settled(A), three, group('x', 0, healthy(A)), group('y', 1, healthy(A)), group('z', 0, healthy(B))),
      [`-x:${A}`, `+x:${C}`],
    ],
    [
      'frees nothing for a credible writer',
      behind(credible(D), three, group('x', 1, healthy(A)), group('y', 0, healthy(B))),
      [],
    ],
    [
      'makes an address leave that is no member',
      behind(settled(A), [member('one', A)], group('x', 1, healthy(A)), group('y', 0, healthy(B))),
      [`-y:${B}`],
    ],
    [
      'keeps an address while the members are not known',
      behind(settled(A), undefined, group('x', 1, healthy(A)), group('y', 0, healthy(B))),
      [],
    ],
    [
      'keeps an address while a member has no endpoint',
      behind(
        settled(A),
        [member('one', A), member('two', undefined)],
        group('x', 1, healthy(A)),
        group('y', 0, healthy(B)),
      ),
      [],
    ],
    [
      'follows a member to its new address',
      behind(settled(A), [member('one', A), member('two', D)], group('x', 1, healthy(A)), group('y', 0, healthy(B))),
      [`-y:${B}`, `+y:${D}`],
    ],
    [
      'makes room in the writer’s group before it gets weight',
      behind(
        settled(B),
        three,
        group('x', 1, healthy(A)),
        group('y', 0, healthy(B), healthy(D)),
        group('z', 0, healthy(C)),
      ),
      [`-y:${D}`, '=y'],
    ],
    [
      'leaves one of two in a group without weight',
      behind(settled(A), three, group('x', 1, healthy(A)), group('y', 0, healthy(B), healthy(C)), group('z', 0)),
      [`-y:${C}`, `+z:${C}`],
    ],
    [
      'clears the group of a second registration of the writer',
      behind(settled(A), three, group('x', 1, healthy(A)), group('y', 0, healthy(A)), group('z', 0, healthy(B))),
      [`-y:${A}`, `+y:${C}`],
    ],
    [
      'does not count a draining registration as a place',
      behind(settled(B), three, group('x', 1, healthy(A)), group('y', 0, draining(B)), group('z', 0, healthy(C))),
      [`+y:${B}`, '=y'],
    ],
    [
      'leaves members out that are excluded',
      behind(
        settled(A),
        three,
        { ...group('x', 1, healthy(A)), exclude: ['two'] },
        { ...group('y', 0), exclude: ['two'] },
      ),
      [`+y:${C}`],
    ],
    [
      'leaves members out that are being deleted',
      behind(
        settled(A),
        [member('one', A), member('two', B, { status: 'deleting' })],
        group('x', 1, healthy(A)),
        group('y', 0),
      ),
      [],
    ],
    [
      'leaves out a member whose network is incompatible',
      behind(
        settled(A),
        [member('one', A), member('two', B, { status: 'incompatible-network' })],
        group('x', 1, healthy(A)),
        group('y', 0),
      ),
      [],
    ],
    [
      'has no place for more members than groups',
      behind(settled(A), three, group('x', 1, healthy(A)), group('y', 0, healthy(B))),
      [],
    ],
    [
      'takes weight from a group that should have none',
      behind(settled(A), three, group('x', 1, healthy(A)), group('y', 1, healthy(B)), group('z', 0, healthy(C))),
      ['=x'],
    ],
    ['does nothing for an unknown writer', behind(unknown, three, group('x', 1, healthy(A)), group('y', 0)), []],
    [
      'with overlap, keeps the old weight until the new one is healthy',
      behind(
        settled(B),
        three,
        overlapping(group('x', 1, healthy(A))),
        overlapping(group('y', 0, initial(B))),
        overlapping(group('z', 0, healthy(C))),
      ),
      ['=x,y'],
    ],
    [
      'with overlap, leaves no weight to an empty group',
      behind(settled(B), undefined, overlapping(group('x', 1)), overlapping(group('y', 0, initial(B)))),
      ['=y'],
    ],
    [
      'with overlap, ends with the new one alone',
      behind(
        settled(B),
        three,
        overlapping(group('x', 1, healthy(A))),
        overlapping(group('y', 1, healthy(B))),
        overlapping(group('z', 0, healthy(C))),
      ),
      ['=y'],
    ],
    [
      'takes a group that the listener does not forward to for one without weight',
      behind(settled(A), three, group('x', 1, healthy(A)), bare('y')),
      [`+y:${B}`],
    ],
    ['needs no group to know that there is nothing to do', behind(settled(A), three), []],
  ])('%s', (_fact, observation, steps) => {
    expect(plans(observation)).toEqual(steps)
  })
})

describe('weighted, where the address with weight turns out to be a stranger’s', () => {
  const X = '10.0.9.66'
  const listenerArn = 'listener'
  const group = (name: string, weight: number, ...registrations: Registration[]): DoorView => ({
    ...aDoor(...registrations),
    ...{ targetGroupArn: `group-${name}`, strategy: 'weighted', listenerArn, weight },
  })
  const served = (
    proof: 'disproved' | 'unanswered',
    members: readonly MemberView[] | undefined,
    ...doors: DoorView[]
  ) => ({
    writer: { kind: 'not-proved', addresses: [X], proof, why: 'of a stranger' } as const,
    refused: [{ ip: X, proof, why: 'of a stranger' }],
    doors,
    ...(members && { members }),
  })

  it.each<[string, Observation, string[]]>([
    [
      'gives the weight back to the member that RDS calls the writer',
      served('disproved', three, group('x', 0, healthy(A)), group('y', 1, healthy(X)), group('z', 0, healthy(C))),
      ['=x'],
    ],
    [
      'leaves weight to that member alone, with overlap too',
      served('disproved', three, group('x', 1, healthy(A)), group('y', 1, healthy(X)), group('z', 0, healthy(C))),
      ['=x'],
    ],
    [
      'lets the stranger go that stands beside it',
      served('disproved', three, group('x', 0, healthy(B)), group('y', 1, healthy(X), healthy(A))),
      [`-y:${X}`],
    ],
    [
      'lets the stranger go before the group gets weight',
      served('disproved', three, group('x', 0, healthy(X), healthy(A)), group('y', 1, healthy(X))),
      [`-x:${X}`, '=x'],
    ],
    [
      'takes nothing where RDS names no writer: there is no other path',
      served('disproved', [member('two', B)], group('x', 0, healthy(B)), group('y', 1, healthy(X))),
      [],
    ],
    [
      'takes nothing where the members are not known',
      served('disproved', undefined, group('x', 0, healthy(A)), group('y', 1, healthy(X))),
      [],
    ],
    [
      'takes nothing where that member is nowhere registered',
      served('disproved', three, group('x', 0, draining(A)), group('y', 1, healthy(X))),
      [],
    ],
    [
      'leaves a stranger without weight where it is',
      served('disproved', three, group('x', 1, healthy(A)), group('y', 0, healthy(X))),
      [],
    ],
    [
      'takes nothing where AWS did not say whose it is',
      served('unanswered', three, group('x', 0, healthy(A)), group('y', 1, healthy(X))),
      [],
    ],
  ])('%s', (_fact, observation, steps) => {
    expect(plans(observation)).toEqual(steps)
  })
})

describe('readers', () => {
  const aReader = (
    writer: WriterView,
    members: readonly MemberView[] | undefined,
    more: Partial<DoorView>,
    ...held: Registration[]
  ): Observation => ({
    writer,
    doors: [{ ...aDoor(...held), role: 'reader', ...more }],
    ...(members && { members }),
  })

  it.each<[string, Observation, string[]]>([
    ['registers every reader beside a credible writer', aReader(credible(A), three, {}, healthy(B)), [`+${C}`]],
    ['registers every reader', aReader(settled(A), three, {}, healthy(B)), [`+${C}`]],
    [
      'swaps the promoted one for the old writer',
      aReader(settled(B), three, {}, healthy(B), healthy(C)),
      [`+${A}`, `-${B}`],
    ],
    ['keeps a flagged writer out while it is in doubt', aReader(credible(B), three, {}, healthy(C)), []],
    ['removes nothing while the writer is not settled', aReader(credible(B), three, {}, healthy(B), healthy(C)), []],
    [
      'removes nothing while a member cannot be located',
      aReader(settled(A), [...three, member('four', undefined)], {}, healthy(B), healthy(C), healthy(D)),
      [],
    ],
    ['removes a reader that is gone', aReader(settled(A), three.slice(0, 2), {}, healthy(B), healthy(C)), [`-${C}`]],
    [
      'leaves a reader out that is being created',
      aReader(settled(A), [...three, member('four', D, { status: 'creating' })], {}, healthy(B), healthy(C)),
      [],
    ],
    [
      'leaves a reader out that is excluded',
      aReader(settled(A), three, { exclude: ['three'] }, healthy(B), healthy(C)),
      [`-${C}`],
    ],
    [
      'never empties the group of the last member',
      aReader(
        settled(A),
        [member('one', A, { isWriter: true }), member('two', B, { status: 'stopped' })],
        {},
        healthy(B),
      ),
      [],
    ],
    ['keeps the writer that is the last', aReader(settled(A), three.slice(0, 1), {}, healthy(A)), []],
    [
      'lets an address go that is nobody’s, even the last',
      aReader(settled(A), three.slice(0, 1), {}, healthy(B)),
      [`-${B}`],
    ],
    [
      'lets go of what is nobody’s beside the last member',
      aReader(settled(A), three.slice(0, 1), {}, healthy(A), healthy(B)),
      [`-${B}`],
    ],
    [
      'lets the writer stand in when that is allowed',
      aReader(settled(A), three.slice(0, 1), { writerWhenAlone: true }, healthy(B)),
      [`+${A}`, `-${B}`],
    ],
    ['does not let a credible writer stand in', aReader(credible(A), three.slice(0, 1), { writerWhenAlone: true }), []],
    [
      'lets the writer leave when there is a reader',
      aReader(settled(A), three.slice(0, 2), { writerWhenAlone: true }, healthy(A), healthy(B)),
      [`-${A}`],
    ],
    ['does nothing while the members are not known', aReader(settled(A), undefined, {}, healthy(B)), []],
    ['does nothing for an unknown writer', aReader(unknown, three, {}, healthy(B)), []],
  ])('%s', (_fact, observation, steps) => {
    expect(plans(observation)).toEqual(steps)
  })

  const disproved = (writer: WriterView, ...held: Registration[]): Observation => ({
    ...aReader(
      writer,
      [member('one', A, { isWriter: true }), member('two', B), member('three', undefined)],
      {},
      ...held,
    ),
    refused: [{ ip: D, proof: 'disproved', why: 'of a stranger' }],
  })
  const notProved = { kind: 'not-proved', addresses: [E], proof: 'disproved', why: 'of a stranger' } as const

  it.each<[string, Observation, string[]]>([
    ['let a stranger go that AWS had not told of', disproved(settled(A), healthy(B), healthy(D)), [`-${D}`]],
    ['let it go beside a credible writer', disproved(credible(A), healthy(B), healthy(D)), [`-${D}`]],
    ['let it go while the writer is a stranger too', disproved(notProved, healthy(B), healthy(D)), [`-${D}`]],
    ['keep it while nobody else serves', disproved(notProved, unused(B), healthy(D)), []],
    ['register the others before it goes', disproved(settled(A), healthy(D)), [`+${B}`]],
  ])('%s', (_fact, observation, steps) => {
    expect(plans(observation)).toEqual(steps)
  })

  it('are lacking when there is none and the writer may not stand in', () => {
    expect(lacksReader(aReader(settled(A), three.slice(0, 1), {}))).toBe(true)
    expect(lacksReader(aReader(settled(A), three.slice(0, 1), { writerWhenAlone: true }))).toBe(false)
    expect(lacksReader(aReader(settled(A), three, {}))).toBe(false)
    expect(lacksReader({ writer: settled(A), doors: [aDoor()] })).toBe(false)
    expect(lacksReader(aReader(settled(A), undefined, {}))).toBe(false)
    expect(lacksReader({ writer: settled(A), doors: [aDoor()], members: three.slice(0, 1) })).toBe(false)
    const [reader] = aReader(settled(A), undefined, {}).doors
    const both = [aDoor(), ...(reader ? [reader] : [])]
    expect(lacksReader({ writer: settled(A), doors: both, members: three.slice(0, 1) })).toBe(true)
  })

  const promoted = [member('one', A), member('two', B, { isWriter: true })]

  it('keep what serves when the reader that replaces it gets no traffic', () => {
    expect(plans(aReader(settled(B), promoted, {}, unused(A), healthy(B)))).toEqual([])
  })

  it('keep the writer that stands in until the reader is healthy', () => {
    expect(plans(aReader(settled(B), promoted, { writerWhenAlone: true }, initial(A), healthy(B)))).toEqual([])
  })
})

describe('a member', () => {
  it.each([
    'creating',
    'deleting',
    'failed',
    'stopping',
    'stopped',
    'starting',
    'storage-full',
    'incompatible-network',
    'inaccessible-encryption-credentials',
    'insufficient-capacity',
  ])('that is %s is not available', status => {
    expect(availableMembers([member('one', A, { status })])).toEqual([])
  })

  it.each(['available', 'rebooting', 'modifying', 'backing-up'])('that is %s is available', status => {
    expect(availableMembers([member('one', A, { status })])).toHaveLength(1)
  })
})
