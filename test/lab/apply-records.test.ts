import { expect, it } from 'vitest'
import type { RecordSet } from '../../lab/api/resources.ts'
import { layOut } from '../../lab/cloud/initial-resources.ts'
import * as fixture from '../../lab/fixture.ts'
import { applyParts } from '../../lab/template/apply-parts.ts'
import type { Part } from '../../lab/template/parts.ts'

const name = fixture.endpoints.instance
const deployment = { functionName: 'repoint-orders', listeners: [], statements: [] }
const partOf = (weight: number): Part => ({
  kind: 'record',
  id: 'NlbRecord',
  zoneId: 'Z1',
  value: { name, setIdentifier: 'repoint-nlb', weight },
})

/** A zone as ChangeResourceRecordSets leaves it. */
const written = () => {
  const around = layOut({ kind: 'instance', deployment, deadLetters: () => 0 })
  const records: RecordSet[] = [
    { name: `${name.toUpperCase()}.`, setIdentifier: 'repoint-nlb', weight: 40 },
    { name: `${name}.`, setIdentifier: 'repoint-gateway', weight: 60 },
  ]
  around.hostedZones.push({ id: 'Z1', name: `${name}.`, vpcIds: [], records, owner: { account: fixture.account } })
  return { around, weights: () => around.hostedZones.find(({ id }) => id === 'Z1')?.records?.map(it => it.weight) }
}

it('puts the record of a template in the place of the same one that the API has written', () => {
  const { around, weights } = written()

  applyParts(around, [partOf(100)], [partOf(75)])

  expect(weights()?.toSorted()).toEqual([60, 75])
})

it('removes a record that the API has written', () => {
  const { around, weights } = written()

  applyParts(around, [partOf(100)], [])

  expect(weights()).toEqual([60])
})
