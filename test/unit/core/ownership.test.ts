import { describe, expect, it } from 'vitest'
import type { Ownership } from '../../../functions/reconciler/core/model.ts'
import {
  isRefused,
  judgeOwner,
  type OwnerEvidence,
  type OwnerProof,
  type PlacedInterface,
  withProof,
} from '../../../functions/reconciler/core/ownership.ts'
import { A, B, credible, notAllowed, settled, unknown } from './builders.ts'

const placements: OwnerEvidence['placements'] = [{ vpcId: 'vpc-orders', securityGroupIds: ['sg-1', 'sg-2'] }]

const at = (ip: string, more: Partial<PlacedInterface> = {}): PlacedInterface => ({
  ...{ ip, interfaceId: `eni-${ip}`, requesterId: 'amazon-rds', securityGroupIds: ['sg-1', 'sg-2'] },
  vpcId: 'vpc-orders',
  ...more,
})

const cases: readonly [what: string, evidence: OwnerEvidence, proof: Ownership['proof']][] = [
  ['an interface of RDS with the groups, in the VPC', { placements, interfaces: [at(A)] }, 'proved'],
  [
    'one that has a group more, which RDS is adding or removing',
    { placements, interfaces: [at(A, { securityGroupIds: ['sg-1', 'sg-2', 'sg-3'] })] },
    'proved',
  ],
  [
    'an interface of RDS with the groups of a cluster, whose VPC RDS does not name',
    { placements: [{ securityGroupIds: ['sg-1', 'sg-2'] }], interfaces: [at(A)] },
    'proved',
  ],
  [
    'somebody in the VPC where EC2 shows a cluster',
    { placements: [{ securityGroupIds: ['sg-1'] }], interfaces: [at(A, { requesterId: '' })], visible: [at(B)] },
    'disproved',
  ],
  [
    'somebody in another VPC than where EC2 shows a cluster',
    {
      placements: [{ securityGroupIds: ['sg-1'] }],
      interfaces: [at(A, { requesterId: '', vpcId: 'vpc-other' })],
      visible: [at(B)],
    },
    'disproved',
  ],
  [
    'an interface of somebody else than RDS',
    { placements, interfaces: [at(A, { requesterId: '' })], visible: [at(B)] },
    'disproved',
  ],
  [
    'another database of the VPC, with other groups',
    { placements, interfaces: [at(A, { securityGroupIds: ['sg-other'] })] },
    'disproved',
  ],
  [
    'a database that has only one of the two groups',
    { placements, interfaces: [at(A, { securityGroupIds: ['sg-1'] })] },
    'disproved',
  ],
  [
    'the same address in another VPC',
    { placements, interfaces: [at(A, { vpcId: 'vpc-other' })], visible: [at(B)] },
    'disproved',
  ],
  ['nobody, where EC2 shows the database', { placements, interfaces: [], visible: [at(B)] }, 'disproved'],
  ['nobody, where EC2 shows nothing of it', { placements, interfaces: [], visible: [] }, 'unanswered'],
  ['nobody, where that was not asked', { placements, interfaces: [] }, 'unanswered'],
  ['anybody, where RDS does not place the database', { placements: [], interfaces: [at(A)] }, 'unanswered'],
  ['an interface at another address', { placements, interfaces: [at(B)], visible: [at(B)] }, 'disproved'],
]

describe('an address that belongs to', () => {
  it.each(cases)('%s', (_, evidence, proof) => {
    expect(judgeOwner(A, evidence).proof).toBe(proof)
  })

  it('somebody else says who that is', () => {
    expect(judgeOwner(A, { placements, interfaces: [at(A, { requesterId: '' })] })).toEqual({
      proof: 'disproved',
      why: `${A} belongs to eni-${A}, which is not one of RDS`,
    })
  })
})

const answersOf = {
  proved: { proof: 'proved', interfaceId: 'eni-1' },
  disproved: { proof: 'disproved', why: 'of a stranger' },
  unanswered: { proof: 'unanswered', why: 'Rate exceeded' },
} as const

describe('an answer', () => {
  it.each<[Ownership['proof'], OwnerProof, boolean]>([
    ['proved', 'when-possible', false],
    ['disproved', 'when-possible', true],
    ['unanswered', 'when-possible', false],
    ['proved', 'required', false],
    ['disproved', 'required', true],
    ['unanswered', 'required', true],
  ])('that is %s with ownerProof %s refuses: %s', (proof, setting, refuses) => {
    const owner = answersOf[proof]
    expect(isRefused(owner, setting)).toBe(refuses)
  })

  it.each([settled(A), credible(A)])('that refuses the writer’s address is why it is not followed', writer => {
    expect(withProof(writer, [{ ...answersOf.disproved, ip: A }])).toEqual({
      kind: 'not-proved',
      addresses: [A],
      proof: 'disproved',
      why: 'of a stranger',
    })
  })

  it('about another address says nothing about the writer', () => {
    expect(withProof(settled(A), [{ ...answersOf.disproved, ip: B }])).toEqual(settled(A))
  })

  it.each([unknown, notAllowed])('leaves a writer alone that is not there anyway', writer => {
    expect(withProof(writer, [{ ...answersOf.disproved, ip: A }])).toBe(writer)
  })
})
