import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { withoutMap } from '../../functions/build/own-source-map.ts'
import { JsonCodec2 } from '../../functions/build/plain-json-codec.ts'
import {
  dropErrors,
  dropRegionNames,
  inlineKeys,
  keepMembers,
  keepVersion,
  redirectTo,
  replaceBy,
  rulesOf,
  shareRules,
} from '../../functions/build/rewrites.ts'
import { membersRead } from '../../functions/build/trim-sdk.ts'

describe('replacing a module', () => {
  it('exports the expressions given', () => {
    const replaced = replaceBy({ answer: '() => 42' })('export const answer = () => compute()')
    expect(replaced).toBe('export const answer = () => 42')
  })

  it('throws when called where nothing stands in', async () => {
    const replaced = replaceBy({ chain: 'credentialChain' })('export function chain() {}')
    const module = (await import(`data:text/javascript,${encodeURIComponent(replaced)}`)) as { chain: () => void }
    expect(() => module.chain()).toThrow('credentialChain is not part of this bundle')
  })

  it.each([
    'export const a = 1',
    'export async function a() {}',
    'export class a {}',
    'export { b, a } from "./c"',
    'export * from "./c"',
  ])('accepts %s', source => {
    expect(replaceBy({ a: '1' })(source)).toBe('export const a = 1')
  })

  it('fails where the name is not exported any more', () => {
    expect(() => replaceBy({ a: '1' })('export const ab = 1')).toThrow('a is not exported any more')
    expect(() => redirectTo('a', './b.ts')('const a = 1')).toThrow('a is not exported any more')
  })

  it('takes a name from elsewhere', () => {
    expect(redirectTo('a', './b.ts', 'c')('export const a = 1')).toBe('export { c as a } from "./b.ts"')
  })
})

describe('dropping errors', () => {
  const source = [
    'n0_registry.registerError(A$, A);',
    'n0_registry.registerError(B$, B);',
    'export const other = 1',
  ].join('\n')

  it('keeps the errors of the operations in use', () => {
    expect(dropErrors(source, ['B'])).toBe('\nn0_registry.registerError(B$, B);\nexport const other = 1')
  })

  it('fails where an error in use is gone, or nothing is left to drop', () => {
    expect(() => dropErrors(source, ['C'])).toThrow('errors not registered any more: C')
    expect(() => dropErrors(source, ['A', 'B'])).toThrow('no error registration was found')
  })
})

describe('inlining keys', () => {
  it('writes constants for computed keys, and leaves what it does not know', () => {
    const source = 'const _xN = "xmlName";\nvar A$ = [{ [_xN]: 1, [_other]: 2 }];'
    expect(inlineKeys(source)).toBe('const _xN = "xmlName";\nvar A$ = [{ "xmlName": 1, [_other]: 2 }];')
  })

  it('fails where the constants are gone', () => {
    expect(() => inlineKeys('var A$ = [{ [_xN]: 1 }];')).toThrow('no key constants')
  })
})

/** Members of ELBv2's small structures, which are whole. */
const nlbNames =
  'TargetHealthDescriptions TargetHealth Target ListenerArns ResourceArns Key Value Reason State Id Port TargetGroups Listeners TagDescriptions Tags TargetGroupArn'

describe('keeping members', () => {
  const source = `const _A = "Alpha";
const _B = "Beta";
const _C = "Gamma";
export var Shape$ = [3, n0, _S,
    0,
    [_A, _B, _C],
    [0, [() => List, { "xmlName": "x" }], () => Other$]
];`

  it('keeps a member with its own type', () => {
    expect(keepMembers(source, 'Shape', ['Gamma', 'Beta'])).toContain(
      '[_B,_C],\n[[() => List, { "xmlName": "x" }],() => Other$]\n];',
    )
  })

  it('fails where the structure or a member is gone', () => {
    expect(() => keepMembers(source, 'Other', [])).toThrow('structure Other was not found')
    expect(() => keepMembers(source, 'Shape', ['Delta'])).toThrow('structure Shape has no member Delta any more')
  })

  it('keeps the order of the wire, and the count of the required ones', () => {
    const required = source.replace(']\n];', '], 1\n];')
    expect(keepMembers(required, 'Shape', ['Gamma', 'Alpha'])).toContain('[_A,_C],\n[0,() => Other$], 1\n];')
    expect(() => keepMembers(required, 'Shape', ['Gamma'])).toThrow('structure Shape requires _A')
  })

  it.each([
    ['rds', 'client-rds', 'DBClusters DBInstances Marker IsClusterWriter Address Port Filters VpcSecurityGroupId'],
    [
      'ec2',
      'client-ec2',
      'NetworkInterfaces NextToken Filters Name Values GroupId DBInstances Marker VpcSecurityGroupId',
    ],
    ['nlb', 'client-elastic-load-balancing-v2', nlbNames],
  ] as const)('is given every member that the adapter %s reads', async (adapter, client, others) => {
    const text = await readFile(new URL(`../../functions/reconciler/adapters/${adapter}.ts`, import.meta.url), 'utf8')
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|^import [\s\S]*?$|`[^`]*`|'[^']*'/gm, '')
    const read = new Set([...code.matchAll(/(?:\.|\(\{ )([A-Z]\w+)/g)].map(([, name]) => name))
    const kept = [...Object.values(membersRead[client]), ...Object.values(membersRead['client-rds'])].flat()
    const known = new Set<string>([...kept, ...others.split(' ')])
    expect(read.size).toBeGreaterThan(3)
    expect([...read].filter(name => name !== undefined && !known.has(name))).toEqual([])
  })
})

describe('dropping the names of regions', () => {
  const partition = { id: 'aws', regionRegex: '^eu\\-\\w+\\-\\d+$', outputs: { dnsSuffix: 'amazonaws.com' } }
  const source = (regions: object) =>
    `export const partitionsInfo = ${JSON.stringify({ partitions: [{ ...partition, regions }], version: '1' })};\n`

  it('keeps the regions that the pattern does not recognize', () => {
    expect(dropRegionNames(source({ 'eu-west-1': { description: 'Ireland' }, 'aws-global': {} }))).toBe(
      source({ 'aws-global': {} }).trim(),
    )
  })

  it('fails where the list has another form', () => {
    expect(() => dropRegionNames('export const partitionsInfo = load()')).toThrow('unknown form')
  })
})

describe('sharing endpoint rules', () => {
  const rulesAt = (host: string) => `const _data = { results: [["https://${host}.{Region}.amazonaws.com", {}]] };
export const bdd = BinaryDecisionDiagram.from(nodes, root, _data.conditions, _data.results);`
  const other = { host: 'rds', module: 'module-of-rds', source: rulesAt('rds') }

  it('makes the rules of another host from the module that shares them', () => {
    expect(shareRules('rds')(rulesAt('rds'))).toContain('export const rules = host =>')
    expect(rulesOf('ec2', other)(rulesAt('ec2'))).toBe(
      'import { rules } from "module-of-rds"\nexport const bdd = rules("ec2")',
    )
  })

  it('fails where the rules differ in more than the name, or have another form', () => {
    expect(() => rulesOf('ec2', other)(`${rulesAt('ec2')}\nmore`)).toThrow('differ from those in module-of-rds')
    expect(() => shareRules('rds')('export const bdd = load()')).toThrow('unknown form')
  })
})

describe('keeping the version', () => {
  it('drops the rest of the package', () => {
    expect(keepVersion('{"name":"a","version":"1.2.3","scripts":{}}')).toBe('{"version":"1.2.3"}')
    expect(() => keepVersion('{"name":"a"}')).toThrow('no version')
  })
})

describe('the plain JSON codec', () => {
  it('writes dates as epoch seconds, and text as it is', () => {
    const serializer = new JsonCodec2().createSerializer()
    serializer.write(undefined, { Entries: [{ Time: new Date(1500), Detail: '{"a":"ä"}', Missing: undefined }] })
    expect(serializer.flush()).toBe('{"Entries":[{"Time":1.5,"Detail":"{\\"a\\":\\"ä\\"}"}]}')
  })

  it('reads bytes and text', async () => {
    const deserializer = new JsonCodec2().createDeserializer()
    expect(await deserializer.read(undefined, new TextEncoder().encode('{"FailedEntryCount":0}'))).toEqual({
      FailedEntryCount: 0,
    })
    expect(await deserializer.read(undefined, '[1]')).toEqual([1])
  })
})

it('gives a package an empty source map', () => {
  expect(withoutMap('code')).toMatch(/^code\n\/\/# sourceMappingURL=data:application\/json;base64,\w+=*$/)
})
