import { App } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { addStacks, contextOfCdkJson, type Template } from '../../infra/app/app.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { gatewayQueries } from '../../infra/constructs/gateway-operations.ts'
import { queries } from '../../infra/constructs/queries.ts'
import { anInstance, anInstanceBehindItsOwn, codeInline, type Entry } from './settings-fixture.ts'

const arn = (id: string, account = '111122223333') => `arn:aws:rds:eu-west-1:${account}:db:${id}`

const synthesized = (databases: readonly Entry[], more: Entry = {}) => {
  const app = new App({ autoSynth: false, builtinCloudFormationValidation: false, context: contextOfCdkJson() })
  addStacks(app, { settings: parseSettings('repoint.json', JSON.stringify({ databases, ...more })), code: codeInline })
  return app.synth().stacks
}
const fleetOf = (stacks: ReturnType<typeof synthesized>) => stacks.filter(it => it.stackName === 'Repoint-fleet')
const ofType = (template: Template, type: string) =>
  Object.values(template.Resources).filter(({ Type }) => Type === type)

const few = synthesized([anInstanceBehindItsOwn(), anInstanceBehindItsOwn({ arn: arn('users') })], {
  tags: { team: 'platform' },
})

describe('the stack of what the databases share', () => {
  const [fleet] = fleetOf(few)
  const template = fleet?.template as Template

  it('has one dashboard and the saved queries, over the log groups of all, and nothing else', () => {
    const counts = Map.groupBy(Object.values(template.Resources), ({ Type }) => Type)
    expect([...counts].map(([type, found]) => [type, found.length])).toEqual([
      ['AWS::CloudWatch::Dashboard', 1],
      ['AWS::Logs::QueryDefinition', Object.keys({ ...queries, ...gatewayQueries }).length],
    ])
    const ofRuns = ofType(template, 'AWS::Logs::QueryDefinition').slice(0, Object.keys(queries).length)
    for (const { Properties } of ofRuns) {
      expect(Properties?.LogGroupNames).toEqual(['/aws/lambda/repoint-orders', '/aws/lambda/repoint-users'])
    }
  })

  it('names its dashboard, which is the account’s, with the Region, and has the file’s tags', () => {
    const [dashboard] = ofType(template, 'AWS::CloudWatch::Dashboard')
    expect(dashboard?.Properties?.DashboardName).toBe('repoint-eu-west-1')
    expect(dashboard?.Properties?.Tags).toEqual([{ Key: 'team', Value: 'platform' }])
  })

  it('needs no other stack, and no other stack needs it: each is deployed and removed by itself', () => {
    for (const { dependencies } of few) expect(dependencies.filter(it => 'stackName' in it)).toEqual([])
    expect(JSON.stringify(few.map(it => it.template))).not.toContain('Fn::ImportValue')
  })

  it('is there once for each account and Region', () => {
    const stacks = synthesized([anInstanceBehindItsOwn(), elsewhere])
    expect(fleetOf(stacks).map(it => [it.hierarchicalId, it.environment.account])).toEqual([
      ['Repoint-fleet-111122223333-eu-west-1', '111122223333'],
      ['Repoint-fleet-444455556666-eu-west-1', '444455556666'],
    ])
  })

  it('is there for databases that have only the gateway, with its access log', () => {
    const retired = anInstance({
      gateway: { stage: 'retired', from: 'retired', databaseSecurityGroupId: 'sg-0fedcba9876543210' },
    })
    const stacks = synthesized([retired])
    const [{ template: shared } = { template: {} }] = fleetOf(stacks)
    const saved = ofType(shared as Template, 'AWS::Logs::QueryDefinition').filter(it => it.Properties?.LogGroupNames)
    expect(saved.map(it => it.Properties)).toEqual(
      Object.keys(gatewayQueries).map(name =>
        expect.objectContaining({ Name: `Repoint/${name}`, LogGroupNames: ['/aws/vendedlogs/repoint/orders/gateway'] }),
      ),
    )
    expect(JSON.stringify(ofType(shared as Template, 'AWS::CloudWatch::Dashboard'))).toContain(
      'Where the gateways went',
    )
    // And the database's stack has neither: AWS gives an account 1,000 saved queries, and asks $3 for a dashboard.
    const own = stacks.filter(it => it.stackName !== 'Repoint-fleet').map(it => it.template as Template)
    expect(own.flatMap(it => ofType(it, 'AWS::Logs::QueryDefinition'))).toEqual([])
    expect(own.flatMap(it => ofType(it, 'AWS::CloudWatch::Dashboard'))).toEqual([])
  })

  it('lets queries ask for log groups where there are more than a query takes', () => {
    const many = Array.from({ length: 51 }, (_, index) => anInstanceBehindItsOwn({ arn: arn(`db-${index}`) }))
    const [{ template } = { template: {} }] = fleetOf(synthesized(many))
    const [query] = ofType(template as Template, 'AWS::Logs::QueryDefinition')
    expect(query?.Properties).not.toHaveProperty('LogGroupNames')
  })
})

describe('a database’s own stack', () => {
  it('has neither dashboard nor queries, save on request, under a name with the Region', () => {
    const own = synthesized([anInstanceBehindItsOwn(), anInstanceBehindItsOwn({ arn: arn('users'), dashboard: true })])
    const dashboards = own.map(it => ofType(it.template as Template, 'AWS::CloudWatch::Dashboard'))
    expect(dashboards.flat().map(it => it.Properties?.DashboardName)).toEqual([
      'repoint-eu-west-1',
      'repoint-users-eu-west-1',
    ])
  })

  it('is not called fleet', () => {
    expect(() => synthesized([anInstanceBehindItsOwn({ arn: arn('fleet') })])).toThrow(
      'fleet: databases.0.id: got "fleet", expected another id: Repoint-fleet is the stack of what all databases share',
    )
  })
})

const elsewhere = anInstanceBehindItsOwn({
  arn: arn('users', '444455556666'),
  frontDoor: {
    kind: 'existing',
    targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/users/0123456789abcdef',
  },
})
