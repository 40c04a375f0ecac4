import { describe, expect, it } from 'vitest'
import { forPort, namesGroup, notCovered, prefixLists, showSources } from '../../../cli/checks/security-group-rules.ts'
import { rule } from '../doctor-facts.ts'

describe('a rule of a security group', () => {
  it.each<[string, object, boolean]>([
    ['begins at the port', { fromPort: 5432, toPort: 6000 }, true],
    ['ends at the port', { fromPort: 5000, toPort: 5432 }, true],
    ['ends before the port', { fromPort: 5000, toPort: 5431 }, false],
    ['begins after the port', { fromPort: 5433, toPort: 6000 }, false],
    ['has every port of TCP', { fromPort: undefined, toPort: undefined }, true],
    ['has no first port and ends before', { fromPort: undefined, toPort: 5431 }, false],
    ['has no last port and begins after', { fromPort: 5433, toPort: undefined }, false],
    ['has every protocol, whatever its ports', { protocol: '-1', fromPort: -1, toPort: -1 }, true],
    ['is for UDP by its number', { protocol: '17' }, false],
  ])('that %s', (_, changes, isForPort) => {
    const groups = [{ id: 'sg-1', incoming: [], outgoing: [rule(changes)] }]

    expect(forPort(groups, 'outgoing', 5432)).toEqual(isForPort ? [rule(changes)] : [])
    expect(forPort(groups, 'incoming', 5432)).toEqual([])
  })

  it.each<[string, number, string]>([
    ['0', 0, 'first'],
    ['65535', 65_535, 'last'],
  ])('without ports has port %s, the %s', (_, port) => {
    const { fromPort: __, toPort: ___, ...all } = rule({})

    expect(forPort([{ id: 'sg-1', incoming: [all], outgoing: [] }], 'incoming', port)).toHaveLength(1)
  })

  it.each<[string, string, string, boolean]>([
    ['the address itself', '10.0.1.5/32', '10.0.1.5', true],
    ['a network around the address', '10.0.1.0/24', '10.0.1.5', true],
    ['the network itself', '10.0.1.0/24', '10.0.1.0/24', true],
    ['a part of the network', '10.0.1.0/25', '10.0.1.0/24', false],
    ['a network beside it', '10.0.2.0/24', '10.0.1.0/24', false],
    ['everything', '0.0.0.0/0', '10.0.1.0/24', true],
  ])('covers, or does not: %s', (_, cidr, wanted, isCovered) => {
    expect(notCovered([rule({ cidrs: [cidr] })], [wanted])).toEqual(isCovered ? [] : [wanted])
  })

  it('names one of its groups', () => {
    expect(namesGroup([rule({}), rule({ groupIds: ['sg-x', 'sg-a'] })], ['sg-a'])).toBe(true)
    expect(namesGroup([rule({ groupIds: ['sg-x', 'sg-a'] })], ['sg-a'])).toBe(true)
    expect(namesGroup([rule({})], ['sg-a'])).toBe(false)
    expect(namesGroup([], ['sg-a'])).toBe(false)
  })

  it('is shown by its sources, each once, in the order of the rules', () => {
    const rules = [
      rule({ cidrs: ['10.0.0.0/16'], groupIds: ['sg-a'], prefixListIds: ['pl-1'] }),
      rule({ cidrs: ['10.0.0.0/16'], prefixListIds: ['pl-2', 'pl-1'] }),
    ]

    expect(showSources(rules)).toBe('10.0.0.0/16, sg-a, pl-1, pl-2')
    expect(prefixLists(rules)).toEqual(['pl-1', 'pl-2'])
    expect([showSources([]), prefixLists([])]).toEqual(['no source', []])
  })
})
