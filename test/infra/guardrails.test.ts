import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { guarded, guardedConsumer, guardrailKey as key, guardrails as shared } from './guardrails-fixture.ts'
import { anInstance, type Entry, synthesizeEntries } from './settings-fixture.ts'
import { resourcesOf } from './template-diff.ts'

const templates = synthesizeEntries([guarded], [guardedConsumer])
const ofType = (template: Template, type: string) =>
  Object.entries(resourcesOf(template)).filter(([, { Type }]) => Type === type)

describe.each(Object.entries(templates))('the guardrails of %s', (name, template) => {
  it('are on every role', () => {
    const roles = ofType(template, 'AWS::IAM::Role')
    expect(roles.length).toBeGreaterThan(1)
    for (const [id, { Properties }] of roles) {
      expect(Properties, id).toMatchObject({ PermissionsBoundary: shared.permissionsBoundaryArn, Path: '/platform/' })
    }
  })

  it('are on every log group, which stays when the stack goes and not when it never came', () => {
    const groups = ofType(template, 'AWS::Logs::LogGroup')
    expect(groups.length).toBeGreaterThan(1)
    for (const [id, group] of groups) {
      expect(group.Properties, id).toMatchObject({ KmsKeyId: key('logs') })
      expect(group, id).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' })
    }
  })

  it('keep the dead letters with the logs, and not when the stack never came', () => {
    const queues = ofType(template, 'AWS::SQS::Queue')
    expect(queues).toHaveLength(name === 'Repoint-orders' ? 1 : 0)
    for (const [id, queue] of queues) {
      expect(queue, id).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' })
    }
  })

  it('put every helper into the VPC', () => {
    const helpers = ofType(template, 'AWS::Lambda::Function').filter(([id]) => !id.startsWith('ReconcilerFunction'))
    expect(helpers.length).toBeGreaterThan(0)
    for (const [id, { Properties }] of helpers) {
      expect(Properties?.VpcConfig, id).toEqual({
        SubnetIds: shared.helpers.subnetIds,
        SecurityGroupIds: shared.helpers.securityGroupIds,
      })
    }
  })
})

describe('the keys of a database', () => {
  const template = templates['Repoint-orders'] as Template

  it('encrypt queue and environment, and the role may use them and no others', () => {
    const [lambda] = ofType(template, 'AWS::Lambda::Function').filter(([id]) => id.startsWith('ReconcilerFunction'))
    expect(lambda?.[1].Properties?.KmsKeyArn).toBe(key('environment'))
    expect(Object.values(template.findResources('AWS::SQS::Queue'))[0]?.Properties.KmsMasterKeyId).toBe(key('queue'))
    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'))
    const statements = [...policies.matchAll(/"Action":(\[[^\]]*kms[^\]]*\]|"kms:[^"]+").*?"Resource":"([^"]+)"/g)]
    expect(statements.map(([, action, resource]) => [JSON.parse(action ?? ''), resource])).toEqual([
      [['kms:Decrypt', 'kms:GenerateDataKey'], key('queue')],
      ['kms:Decrypt', key('environment')],
    ])
  })
})

describe('deletion protection', () => {
  it('of the load balancer is off for a first deployment, and a setting', () => {
    const attributes = (entry: Entry) => {
      const [template] = Object.values(synthesizeEntries([entry]))
      return JSON.stringify(template?.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'))
    }
    const frontDoor = { kind: 'create', databaseSecurityGroupId: false, deletionProtection: true }
    expect(attributes(anInstance())).not.toContain('"deletion_protection.enabled","Value":"true"')
    expect(attributes(anInstance({ frontDoor }))).toContain('"deletion_protection.enabled","Value":"true"')
  })
})
