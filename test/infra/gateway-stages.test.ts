import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import {
  hasGateway,
  hasLoadBalancer,
  type Origin,
  origins,
  type Stage,
  stages,
  whyNotStage,
} from '../../infra/app/settings/stages.ts'
import { type StageProperties, takesConfiguration, whyNotReach } from '../../infra/custom-resources/stage-decisions.ts'
import {
  atStage,
  databaseGroup,
  isAllowed,
  onTheWay,
  problemsOf,
  providerTemplate,
  warningsOf,
} from './gateway-fixture.ts'
import { aCluster, anInstance, anInstanceBehindItsOwn, created, type Entry, onlyResource } from './settings-fixture.ts'
import { needsIn } from './template-dependencies.ts'
import { diffTemplates, resourcesOf } from './template-diff.ts'

const principals = ['444455556666']
const loadBalancerArn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/orders/0123456789abcdef'
const database = anInstance({ exposure: { allowedPrincipals: ['arn:aws:iam::444455556666:root'] } })
const own = anInstance({ frontDoor: { ...(anInstanceBehindItsOwn().frontDoor as Entry), loadBalancerArn } })
const cluster = aCluster({ readers: {} })
const weighted = { ...cluster, frontDoor: created('weighted') }
const proxy = anInstance({ id: 'pool', arn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0a1b2c3d4e5f60718' })

const isGuards = (id: string) => id.startsWith('StageGuard')
const ownIds = (it: Template) => Object.keys(resourcesOf(it))

/** Templates of one database by stage, each synthesized once. */
const synthesizedStages = (entry: Entry) => {
  const known = new Map<string, Template>()
  const template = (stage: Stage, from: Origin): Template => {
    const here = known.get(`${from} ${stage}`) ?? atStage(stage, { from, principals }, entry)
    known.set(`${from} ${stage}`, here)
    return here
  }
  /** By any allowed way: the resources are the same, whatever the origin. */
  const reached = (stage: Stage): Template =>
    template(stage, stage === 'nlb' ? 'nlb' : (origins.find(it => isAllowed(it, stage)) ?? 'nlb'))
  return { template, reached }
}

const { template, reached } = synthesizedStages(database)
const today = providerTemplate(database)
const guardId = onlyResource(reached('shift'), 'Custom::RepointStage').id
const loadBalancerIds = ownIds(today)
const gatewayIds = ownIds(reached('retired')).filter(id => !isGuards(id))
const transitions = stages.flatMap(from => stages.filter(to => isAllowed(from, to)).map(to => [from, to] as const))

describe('a stage', () => {
  it.each(['nlb', 'new'] as const)('nlb (from %s) is the stack as it is without the setting, and guarded', from => {
    const { added, removed, changed } = diffTemplates(today, template('nlb', from))
    expect({ removed, changed }).toEqual({ removed: [], changed: {} })
    expect(added.length).toBeGreaterThan(0)
    expect(added.every(isGuards)).toBe(true)
    expect(onlyResource(template('nlb', from), 'Custom::RepointStage').properties).toMatchObject({ Stage: 'nlb' })
  })

  it.each(['shadow', 'shift', 'gateway', 'retired'] as const)(
    'nlb that says "from": "nlb" over a stack at %s is refused by the guard that it keeps',
    deployed => {
      const propertiesOf = (it: Template) =>
        onlyResource(it, 'Custom::RepointStage').properties as unknown as StageProperties
      const request = {
        ResourceProperties: propertiesOf(template('nlb', 'nlb')),
        OldResourceProperties: propertiesOf(reached(deployed)),
      }
      const why = whyNotReach(request, 'nlb')
      // From shadow there is a way back, which asks for associations.
      if (deployed === 'shadow') expect([why, takesConfiguration(request)]).toEqual([undefined, true])
      else expect(why).toContain(`stage nlb is refused: deployed is ${deployed}`)
    },
  )

  it.each(['shadow', 'shift', 'gateway'] as const)('%s has both ways, each whole', stage => {
    const here = resourcesOf(reached(stage))
    expect(
      Object.keys(here)
        .filter(id => !isGuards(id))
        .toSorted(),
    ).toEqual([...loadBalancerIds, ...gatewayIds].toSorted())
    for (const id of loadBalancerIds) expect(here[id]?.Properties).toEqual(resourcesOf(today)[id]?.Properties)
  })

  it('retired has the gateway’s way alone', () => {
    const types = Object.entries(resourcesOf(reached('retired'))).flatMap(([id, { Type }]) =>
      isGuards(id) ? [] : [Type],
    )
    expect(types.toSorted()).toEqual([
      'AWS::CloudWatch::Alarm',
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::SecurityGroupIngress',
      'AWS::Logs::LogGroup',
      ...Array(2).fill('AWS::Logs::MetricFilter'),
      'AWS::RAM::ResourceShare',
      'AWS::VpcLattice::AccessLogSubscription',
      'AWS::VpcLattice::ResourceConfiguration',
      'AWS::VpcLattice::ResourceGateway',
    ])
  })

  it('is said by the outputs, with what consumers and the command line need', () => {
    const outputs = (stage: Stage) => Object.keys(reached(stage).toJSON().Outputs ?? {})
    const gateway = [
      'GatewayLogGroup',
      'GatewaySecurityGroupId',
      'ResourceConfigurationArn',
      'ResourceGatewayId',
      'Stage',
    ]
    expect(outputs('retired').toSorted()).toEqual(gateway)
    expect(outputs('gateway')).toEqual(expect.arrayContaining([...gateway, 'EndpointServiceName', 'ResyncCommand']))
    expect(reached('shift').toJSON().Outputs.Stage.Value).toBe('shift')
  })

  it('says in the stack’s description which way leads to the database', () => {
    expect(today.toJSON().Description).toBe('Repoint: keeps a load balancer pointed at the writer of orders')
    expect(reached('gateway').toJSON().Description).toBe(today.toJSON().Description)
    expect(reached('retired').toJSON().Description).toBe('Repoint: leads to orders through a resource gateway')
  })
})

describe.each([
  ['an instance', database],
  ['a cluster with readers', cluster],
  ['a cluster behind weighted groups', weighted],
  ['a proxy', proxy],
  ['an existing target group', own],
])('a deployment of %s', (_, entry) => {
  const of = synthesizedStages(entry)
  const ways = () => ({
    loadBalancer: ownIds(of.reached('nlb')).filter(id => !isGuards(id)),
    gateway: ownIds(of.reached('retired')).filter(id => !isGuards(id)),
  })

  it.each(transitions)('from %s to %s replaces nothing, and changes nothing but the stage', (from, to) => {
    const { changed, replaced } = diffTemplates(of.reached(from), of.template(to, from))
    expect(replaced).toEqual([])
    expect(Object.keys(changed).filter(id => id !== guardId)).toEqual([])
  })

  it.each(transitions)('from %s to %s removes only a way that the new stage has not', (from, to) => {
    const { removed, added } = diffTemplates(of.reached(from), of.template(to, from))
    const { loadBalancer, gateway } = ways()
    const lost = [
      ...(hasLoadBalancer(from) && !hasLoadBalancer(to) ? loadBalancer : []),
      ...(hasGateway(from) && !hasGateway(to) ? gateway : []),
    ]
    expect(removed.toSorted()).toEqual(lost.toSorted())
    const isNew = hasGateway(to) && !hasGateway(from)
    expect(added.filter(id => !isGuards(id)).toSorted()).toEqual(isNew ? gateway.toSorted() : [])
  })
})

describe('a deployment', () => {
  const refused = origins.flatMap(from => stages.filter(to => !isAllowed(from, to)).map(to => [from, to] as const))

  it.each(refused)('from %s to %s is refused, with the reason', (from, to) => {
    const gateway = onTheWay(to, { from })
    expect(problemsOf({ ...database, gateway })).toEqual([
      `databases.0.gateway.stage: got "${to}", expected from ${from}, ${whyNotStage(from, to)}`,
    ])
  })

  it('back to nlb is guarded, and one without the setting takes the guard away', () => {
    const back = template('nlb', 'shadow')
    expect(ownIds(back).filter(id => !isGuards(id))).toEqual(loadBalancerIds)
    expect(resourcesOf(back)[guardId]?.Properties).toMatchObject({ Stage: 'nlb', From: 'shadow' })
    const { removed, changed } = diffTemplates(back, today)
    expect(removed.every(isGuards)).toBe(true)
    expect(changed).toEqual({})
  })
})

describe('the guard', () => {
  it('knows by what the use of the load balancer is seen', () => {
    const both = reached('gateway')
    expect(resourcesOf(both)[guardId]?.Properties).toMatchObject({
      Side: 'provider',
      Stage: 'gateway',
      FrontDoor: 'create',
      EndpointServiceId: { Ref: onlyResource(both, 'AWS::EC2::VPCEndpointService').id },
      LoadBalancer: {
        'Fn::GetAtt': [onlyResource(both, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id, 'LoadBalancerFullName'],
      },
    })
    const { Properties } = resourcesOf(reached('retired'))[guardId] ?? {}
    expect(Properties).toMatchObject({ Side: 'provider', Stage: 'retired' })
    expect(Properties).not.toHaveProperty('EndpointServiceId')
    expect(Properties).not.toHaveProperty('LoadBalancer')
  })

  it.each(['shadow', 'retired'] as const)('agrees before anything of the gateway is made or changed (%s)', stage => {
    const needs = needsIn(reached(stage))
    for (const id of gatewayIds) expect([id, needs.get(id)?.has(guardId)]).toEqual([id, true])
  })

  it('knows when what is fixed in gateway or configuration changes', () => {
    const hashOf = (more: Entry) =>
      resourcesOf(atStage('gateway', more, database))[guardId]?.Properties?.ConfigurationHash
    expect(hashOf({})).toMatch(/^[0-9a-f]{8}$/)
    for (const more of [{ ipv4AddressesPerEni: 8 }, { subnetIds: ['subnet-0a1b2c3d4e5f60711'] }, { target: 'dns' }]) {
      expect(hashOf(more)).not.toBe(hashOf({}))
    }
    expect(hashOf({ accessLogDays: 7, replaceInUse: true })).toBe(hashOf({}))
    expect(resourcesOf(template('nlb', 'shadow'))[guardId]?.Properties).not.toHaveProperty('ConfigurationHash')
    const { Properties } = resourcesOf(atStage('gateway', { replaceInUse: true }, database))[guardId] ?? {}
    expect(Properties).toMatchObject({ ReplaceInUse: 'true' })
  })

  it('may ask whose endpoints there are, and what the stack has deployed', () => {
    const policies = Object.entries(reached('shadow').findResources('AWS::IAM::Policy'))
    const [policy] = policies.filter(([id]) => isGuards(id))
    const actions = policy?.[1].Properties.PolicyDocument.Statement.flatMap((it: Entry) => it.Action)
    expect(actions).toEqual(
      expect.arrayContaining(['vpc-lattice:ListResourceEndpointAssociations', 'cloudformation:DescribeStacks']),
    )
  })

  it('waits for nothing of the gateway', () => {
    const needs = needsIn(reached('gateway')).get(guardId)
    expect(gatewayIds.filter(id => needs?.has(id))).toEqual([])
  })
})

/** Whether CloudFormation removes one type wholly before another. */
const goesBefore = (here: Template, first: string, then: string): boolean => {
  const needs = needsIn(here)
  const idsOf = (type: string) => Object.keys(here.findResources(type))
  const [firsts, thens] = [idsOf(first), idsOf(then)]
  if (firsts.length === 0 || thens.length === 0) throw new Error(`no ${firsts.length === 0 ? first : then}`)
  return firsts.every(one => thens.every(other => needs.get(one)?.has(other)))
}

const service = 'AWS::EC2::VPCEndpointService'
const listener = 'AWS::ElasticLoadBalancingV2::Listener'
const targetGroup = 'AWS::ElasticLoadBalancingV2::TargetGroup'
const balancer = 'AWS::ElasticLoadBalancingV2::LoadBalancer'
const rule = 'AWS::Events::Rule'
const ingress = 'AWS::EC2::SecurityGroupIngress'

describe('with stage retired CloudFormation removes', () => {
  const doors: [string, Entry][] = [
    ['swap', database],
    ['standby', anInstance({ frontDoor: created('standby') })],
    ['swap of a cluster with readers', cluster],
    ['weighted', weighted],
  ]
  const reconcilerOf = (here: Template) => {
    const [id = ''] = Object.keys(
      here.findResources('AWS::Lambda::Function', { Properties: { Handler: 'index.handler', MemorySize: 512 } }),
    )
    return id
  }

  it.each(doors)('the endpoint service first, before all that it leads to (%s)', (_, entry) => {
    const here = atStage('gateway', {}, entry)
    for (const later of [listener, targetGroup, balancer, rule, 'AWS::Scheduler::Schedule']) {
      expect([later, goesBefore(here, service, later)]).toEqual([later, true])
    }
    const { id } = onlyResource(here, service)
    expect(needsIn(here).get(id)?.has(reconcilerOf(here))).toBe(true)
  })

  it.each(doors)('listeners before target groups and load balancer (%s)', (_, entry) => {
    const here = atStage('gateway', {}, entry)
    expect(goesBefore(here, listener, balancer)).toBe(true)
    const needs = needsIn(here)
    for (const id of Object.keys(here.findResources(targetGroup))) {
      expect(Object.keys(here.findResources(listener)).some(it => needs.get(it)?.has(id))).toBe(true)
    }
  })

  it.each(doors.slice(0, 3))('the function and its rules after the listeners (%s)', (_, entry) => {
    const here = atStage('gateway', {}, entry)
    const needs = needsIn(here)
    for (const id of Object.keys(here.findResources(listener)))
      expect(needs.get(id)?.has(reconcilerOf(here))).toBe(true)
    expect(goesBefore(here, listener, rule)).toBe(true)
  })

  it.each(doors)('the rules of the database’s security group after service and listeners (%s)', (_, entry) => {
    const { frontDoor = {}, ...rest } = entry
    const door = { ...created('swap'), ...(frontDoor as Entry), databaseSecurityGroupId: databaseGroup }
    const here = atStage('gateway', {}, { ...rest, frontDoor: door })
    const needs = needsIn(here)
    const ofGateway = Object.keys(here.findResources(ingress)).filter(id => gatewayIds.includes(id))
    const rules = Object.keys(here.findResources(ingress)).filter(id => !ofGateway.includes(id))
    expect(rules).toHaveLength(3)
    for (const type of [service, listener]) {
      for (const id of Object.keys(here.findResources(type))) {
        expect(rules.filter(it => !needs.get(id)?.has(it))).toEqual([])
      }
    }
  })

  const isolated = { network: { mode: 'isolated' } }
  it.each<[string, Entry]>([
    ['swap', { ...database, ...isolated }],
    ['standby', anInstance({ frontDoor: created('standby'), ...isolated })],
    ['weighted', { ...weighted, ...isolated }],
    ['shared endpoints', { ...database, network: { mode: 'isolated', endpoints: { securityGroupId: databaseGroup } } }],
  ])('the function’s way to AWS after service and listeners (%s)', (_, entry) => {
    const here = atStage('gateway', {}, entry)
    const needs = needsIn(here)
    const network = Object.entries(resourcesOf(here)).flatMap(([id, { Type }]) =>
      Type === 'AWS::EC2::VPCEndpoint' || /^(Function|Endpoint)SecurityGroup|^SharedEndpoints/.test(id) ? [id] : [],
    )
    expect(network.length).toBeGreaterThanOrEqual(3)
    for (const type of [service, listener]) {
      for (const id of Object.keys(here.findResources(type))) {
        expect(network.filter(it => !needs.get(id)?.has(it))).toEqual([])
      }
    }
  })

  it('the gateway’s way, on the way back to nlb, from the outside in', () => {
    const here = reached('shadow')
    const way = [
      'AWS::RAM::ResourceShare',
      'AWS::VpcLattice::AccessLogSubscription',
      'AWS::VpcLattice::ResourceConfiguration',
      'AWS::VpcLattice::ResourceGateway',
    ]
    for (const [index, type] of way.entries()) {
      const next = way[index + 1]
      if (next) expect([type, next, goesBefore(here, type, next)]).toEqual([type, next, true])
    }
    expect(goesBefore(here, 'AWS::VpcLattice::ResourceConfiguration', ingress)).toBe(true)
  })
})

describe('in front of a target group that was there before', () => {
  it('the guard watches the load balancer that the settings name', () => {
    const { Properties } = resourcesOf(atStage('gateway', {}, own))[guardId] ?? {}
    expect(Properties).toMatchObject({ LoadBalancer: 'net/orders/0123456789abcdef', FrontDoor: 'existing' })
    expect(Properties).not.toHaveProperty('EndpointServiceId')
  })

  it('retired removes the function and its rules, and leaves what is not ours', () => {
    const { removed, changed } = diffTemplates(atStage('gateway', {}, own), atStage('retired', {}, own))
    expect(removed.toSorted()).toEqual(ownIds(providerTemplate(own)).toSorted())
    expect(removed.some(id => id.startsWith('FrontDoor'))).toBe(false)
    expect(Object.keys(changed)).toEqual([guardId])
  })

  it('whose load balancer nobody names, its use goes unseen, with a warning', () => {
    const { frontDoor } = anInstanceBehindItsOwn()
    const unseen = anInstance({ frontDoor })
    expect(warningsOf({ ...unseen, gateway: onTheWay('gateway') })).toEqual([
      expect.stringContaining('Name it in frontDoor.loadBalancerArn'),
    ])
    expect(warningsOf({ ...unseen, gateway: onTheWay('retired') })).toEqual([
      expect.stringContaining('Name it in frontDoor.loadBalancerArn'),
    ])
    expect(warningsOf({ ...unseen, gateway: onTheWay('retired', { from: 'retired' }) })).toEqual([])
    for (const stage of ['gateway', 'retired'] as const) {
      expect(warningsOf({ ...own, gateway: onTheWay(stage) })).toEqual([])
      expect(warningsOf({ ...database, gateway: onTheWay(stage) })).toEqual([])
    }
    expect(warningsOf(unseen)).toEqual([])
  })
})
