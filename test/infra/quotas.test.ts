import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { addStacks, contextOfCdkJson, plannedStacks } from '../../infra/app/app.ts'
import { needsOf, type PlannedStack, quotas, quotaWarnings } from '../../infra/app/quotas.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { anInstance, codeInline } from './settings-fixture.ts'

const one = (type: string, properties = {}) => ({ type, properties })
const stack = (resources: PlannedStack['resources'], more: Partial<PlannedStack> = {}): PlannedStack => ({
  name: 'Repoint-orders',
  account: '111122223333',
  region: 'eu-west-1',
  resources,
  ...more,
})
const many = (count: number, type: string, properties = {}) =>
  Array.from({ length: count }, () => one(type, properties))
const loadBalancer = 'AWS::ElasticLoadBalancingV2::LoadBalancer'

describe('what settings need of a quota', () => {
  it('is told with its number, where it is more than there is', () => {
    const stacks = Array.from({ length: 200 }, () => stack([one(loadBalancer)]))

    expect(quotaWarnings(stacks)).toEqual([
      'warning: 111122223333 in eu-west-1: 200 Network Load Balancers are needed, and a Region has 50 by default: ask Service Quotas for more before you deploy (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html).',
    ])
  })

  it.each([
    [40, []],
    [41, [expect.stringContaining('41 Network Load Balancers are needed, and a Region has 50 by default (https')]],
    [50, [expect.stringContaining('by default (https')]],
    [51, [expect.stringContaining('by default: ask Service Quotas')]],
  ])('is told from four fifths of it on: %i of 50', (count, warnings) => {
    expect(quotaWarnings([stack(many(count, loadBalancer))])).toEqual(warnings)
  })

  it('is counted for each account and Region by itself, and roles for the account', () => {
    const resources = [one(loadBalancer), one('AWS::IAM::Role')]
    const stacks = [
      stack(resources),
      stack(resources),
      stack(resources, { region: 'eu-south-1' }),
      stack(resources, { account: '444455556666' }),
    ]

    const counted = needsOf(stacks).filter(
      ({ quota }) => quota.per !== 'stack' && quota.what !== 'CloudFormation stacks',
    )
    expect(counted.map(({ quota, where, needed }) => [quota.what, where, needed])).toEqual([
      ['Network Load Balancers', '111122223333 in eu-west-1', 2],
      ['Network Load Balancers', '111122223333 in eu-south-1', 1],
      ['Network Load Balancers', '444455556666 in eu-west-1', 1],
      ['IAM roles', '111122223333', 3],
      ['IAM roles', '444455556666', 1],
    ])
  })

  it.each([
    [
      'a Region with fewer rules',
      stack(many(101, 'AWS::Events::Rule'), { region: 'eu-south-1' }),
      '101 EventBridge rules',
    ],
    [
      'what AWS does not raise',
      stack(many(1001, 'AWS::Logs::QueryDefinition')),
      '1000 by default: AWS does not raise it',
    ],
    ['what AWS may not raise', stack(many(501, 'AWS::Scheduler::ScheduleGroup')), 'AWS’s page does not say'],
    [
      'endpoints of one VPC',
      stack(many(51, 'AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', VpcId: 'vpc-1' })),
      'VPC "vpc-1": 51 interface endpoints',
    ],
    [
      'reserved executions',
      stack(many(901, 'AWS::Lambda::Function', { ReservedConcurrentExecutions: 1 })),
      '901 reserved Lambda executions are needed, and a Region has 900',
    ],
    [
      'hosted zones',
      stack(many(501, 'AWS::Route53::HostedZone')),
      '501 hosted zones are needed, and an account has 500',
    ],
    ['security groups', stack(many(2501, 'AWS::EC2::SecurityGroup')), '2501 security groups'],
    [
      'one stack',
      stack(many(501, 'Custom::Anything')),
      'Repoint-orders: 501 resources are needed, and a stack has 500',
    ],
  ])('knows %s', (_, planned, sentence) => {
    expect(quotaWarnings([planned]).join('\n')).toContain(sentence)
  })

  it('has the stacks themselves, of which one more is no resource of its own', () => {
    const stacks = Array.from({ length: 2001 }, (_, index) => stack([], { name: `Repoint-${index}` }))

    expect(quotaWarnings(stacks)).toEqual([
      expect.stringContaining('2001 CloudFormation stacks are needed, and a Region has 2000'),
    ])
    expect(quotaWarnings([stack(many(400, 'Custom::Anything'))])).toEqual([])
  })

  it('is read from the templates', () => {
    const app = new App({ autoSynth: false, builtinCloudFormationValidation: false, context: contextOfCdkJson() })
    addStacks(app, {
      settings: parseSettings('repoint.json', JSON.stringify({ databases: [anInstance()] })),
      code: codeInline,
    })
    const needs = needsOf(plannedStacks(app.synth()))

    expect(quotaWarnings(plannedStacks(app.synth()))).toEqual([])
    expect(needs).toContainEqual(expect.objectContaining({ where: '111122223333 in eu-west-1', needed: 8, most: 5000 }))
  })

  it('stands in docs/deploying.md for 1, 10, 200 and 1,000 databases', () => {
    const needed = (count: number) => {
      const databases = Array.from({ length: count }, (_, index) =>
        anInstance({ arn: `arn:aws:rds:eu-west-1:111122223333:db:db-${index}` }),
      )
      const app = new App({ autoSynth: false, builtinCloudFormationValidation: false, context: contextOfCdkJson() })
      addStacks(app, { settings: parseSettings('repoint.json', JSON.stringify({ databases })), code: codeInline })
      return needsOf(plannedStacks(app.synth())).filter(({ quota }) => quota.per !== 'stack')
    }
    const [one, two] = [needed(1), needed(2)]
    const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8')
    const rows = one.map(({ quota, most, needed: of1 }, index) => {
      const each = (two[index]?.needed ?? 0) - of1
      const raised = { true: 'yes', false: 'no', undefined: "AWS's page does not say" }[`${quota.canBeRaised}`]
      const counts = [1, 10, 200, 1000].map(count => of1 + (count - 1) * each)
      const what = quota.per === 'account' ? `${quota.what} (of the account, all Regions)` : quota.what
      const cells = [what, most, raised, ...counts].map(it => (typeof it === 'number' ? it.toLocaleString('en') : it))
      return `| ${cells.join(' | ')} |`
    })

    expect(rows.length).toBe(10)
    for (const row of rows) expect(page).toContain(row)
  })

  it('has a page of AWS for every quota', () => {
    for (const { source } of quotas) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//)
  })
})
