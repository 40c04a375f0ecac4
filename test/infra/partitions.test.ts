import type { Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Entry } from './settings-fixture.ts'
import { resourcesOf } from './template-diff.ts'
import { consumerVariants, type Stack, synthesizeVariant, type Variant, variants } from './variants.ts'

/**
 * The same stacks in AWS's other partitions. Names of hosts, consoles and services are AWS's and CDK's
 * (aws-cdk-lib/region-info); the pages are named where the code has them.
 */

interface Partition {
  readonly name: string
  readonly region: string
  /** How RDS names an endpoint there: https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html */
  readonly rdsName: (identifier: string) => string
  readonly servicePrefix: string
  readonly console: string
}

const partitions: readonly Partition[] = [
  {
    name: 'aws-cn',
    region: 'cn-north-1',
    rdsName: identifier => `${identifier}.rds.cn-north-1.amazonaws.com.cn`,
    servicePrefix: 'cn.com.amazonaws.vpce',
    console: 'cn-north-1.console.amazonaws.cn',
  },
  {
    name: 'aws-eusc',
    region: 'eusc-de-east-1',
    rdsName: identifier => `${identifier}.eusc-de-east-1.rds.amazonaws.eu`,
    servicePrefix: 'eu.amazonaws.vpce',
    console: 'eusc-de-east-1.console.amazonaws-eusc.eu',
  },
]

/** An entry as it would be written there. */
const moved = (entry: Entry, { name, region, rdsName, servicePrefix }: Partition): Entry => {
  const text = JSON.stringify(entry)
    .replaceAll('arn:aws:', `arn:${name}:`)
    // CDK remembers for the whole process which endpoint service has a private name, by its path.
    .replaceAll('variant-', `${name}-variant-`)
    .replaceAll(/([a-z0-9-]+\.[a-z0-9-]+)\.eu-west-1\.rds\.amazonaws\.com/g, (_, identifier) => rdsName(identifier))
    .replaceAll(
      'eu-west-1.redshift.amazonaws.com',
      `${region}.redshift.${name === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.eu'}`,
    )
    .replaceAll('com.amazonaws.vpce', servicePrefix)
    .replaceAll(/(eu-west-1|us-east-1)/g, region)
  const there: Entry = JSON.parse(text)
  // A host name has no ARN that says where it is.
  return there.kind === 'hostname' ? { ...there, region, account: '111122223333' } : there
}

/** Doors of one's own, rules and endpoints elsewhere take resources away and add none. */
const isTold = ({ name }: Variant): boolean =>
  !/rules elsewhere|, existing|in-vpc|shared endpoints|retired/.test(name) || name.startsWith('consumer')

/** Texts of a template, its scripts aside. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => (key === 'ZipFile' ? [] : textsIn(inner)))
}

describe.each(partitions)('in $name', partition => {
  const stacks: Stack[] = []
  beforeAll(() => {
    for (const variant of [...variants, ...consumerVariants].filter(isTold)) {
      stacks.push(synthesizeVariant(variant, entry => moved(entry, partition)))
    }
  }, 240_000)

  const inAll = (judge: (template: Template) => readonly string[]): readonly string[] =>
    stacks.flatMap(({ name, template }) => judge(template).map(it => `${name}: ${it}`))

  it('every variant is there', () => {
    expect(stacks.length).toBeGreaterThan(60)
  })

  it('every ARN is of the partition, or of whichever the stack is in', () => {
    const isForeign = (text: string) =>
      [...text.matchAll(/arn:([^:]*):/g)].some(([, found]) => found !== partition.name && found !== '')
    expect(inAll(template => textsIn(template.toJSON()).filter(isForeign))).toEqual([])
  })

  it('no Region is another', () => {
    const isForeign = (text: string) => /\b(eu-west-1|us-east-1)\b/.test(text)
    expect(inAll(template => textsIn(template.toJSON()).filter(isForeign))).toEqual([])
  })

  it('the services that assume roles and get permissions are called as everywhere', () => {
    // CDK's ServicePrincipal decides (aws-cdk-lib/region-info).
    const principals = new Set(
      stacks.flatMap(({ template }) =>
        [...JSON.stringify(resourcesOf(template)).matchAll(/"(?:Service|Principal)":"([^"]+\.[^"]+)"/g)].map(
          ([, it]) => it,
        ),
      ),
    )
    expect([...principals].toSorted()).toEqual([
      'events.amazonaws.com',
      'lambda.amazonaws.com',
      'scheduler.amazonaws.com',
    ])
  })

  it('an endpoint service is named as CDK names it there', () => {
    const names = stacks.flatMap(({ template }) => Object.values(template.findOutputs('EndpointServiceName')))
    expect(names.length).toBeGreaterThan(10)
    const wrong = names
      .map(it => JSON.stringify(it.Value))
      .filter(it => !it.includes(`["${partition.servicePrefix}",{"Ref":"AWS::Region"}`))
    expect(wrong).toEqual([])
  })

  it('a consumer takes a service of that name', () => {
    const endpoints = stacks.flatMap(({ template }) => Object.values(template.findResources('AWS::EC2::VPCEndpoint')))
    const services = endpoints.map(it => String(it.Properties.ServiceName)).filter(it => it.includes('.vpce.'))
    expect(new Set(services)).toEqual(
      new Set([`${partition.servicePrefix}.${partition.region}.vpce-svc-0a1b2c3d4e5f60718`]),
    )
  })

  it('the interface endpoints of an isolated function are AWS’s, by CDK’s own names', () => {
    const endpoints = stacks.flatMap(({ template }) => Object.values(template.findResources('AWS::EC2::VPCEndpoint')))
    const services = new Set(
      endpoints.map(it => String(it.Properties.ServiceName)).filter(it => !/vpce|undefined/.test(it)),
    )
    expect(services.size).toBe(5)
    for (const it of services)
      expect(it).toMatch(new RegExp(`^(cn\\.)?com\\.amazonaws\\.${partition.region}\\.[a-z0-9]+$`))
  })

  it('the dashboard’s link leads to the partition’s console', () => {
    const links = stacks.flatMap(({ template }) => Object.values(template.findOutputs('DashboardLink')))
    expect(links.length).toBeGreaterThan(0)
    const wrong = links.map(it => JSON.stringify(it.Value)).filter(it => !it.includes(`https://${partition.console}/`))
    expect(wrong).toEqual([])
  })
})
