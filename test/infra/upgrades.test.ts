import { readFileSync } from 'node:fs'
import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { catalogue, detailTypes } from '../../functions/reconciler/rds-event-catalogue.ts'
import { matchesPattern, type Pattern } from '../../lab/events/pattern.ts'
import { aCluster, anInstance, created, synthesizeEntries } from './settings-fixture.ts'
import { diffTemplates, resourcesOf } from './template-diff.ts'

/**
 * Stacks as they were deployed on 29 November 2026, when a database had a rule for each kind of event: rules, their
 * permissions and alarms of an instance with swap and of a cluster with weighted.
 */
const file = new URL('../fixtures/templates/before-one-rule.json', import.meta.url)
const before = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>
const after = synthesizeEntries([anInstance(), aCluster({ frontDoor: created('weighted') })])

const kept = /^AWS::(Events::Rule|Lambda::Permission|CloudWatch::Alarm)$/

/** What CloudFormation would do with these kinds of resources. */
const update = (stack: string) => {
  const now = after[stack] as Template
  const ours = Object.entries(resourcesOf(now)).filter(([, { Type }]) => kept.test(Type))
  const old = Template.fromJSON(before[stack] ?? {})
  return { old, ...diffTemplates(old, Template.fromJSON({ Resources: Object.fromEntries(ours) })) }
}

const patternsOf = (template: Template): readonly Pattern[] =>
  Object.values(resourcesOf(template))
    .filter(({ Type }) => Type === 'AWS::Events::Rule')
    .map(({ Properties }) => Properties?.EventPattern as Pattern)

const home = 'arn:aws:rds:eu-west-1:111122223333'

describe.each([
  ['Repoint-orders', ['BlueGreenEvents']],
  ['Repoint-ledger', ['MemberEvents', 'BlueGreenEvents']],
])('an update of %s from a rule for each kind of event', (stack, gone) => {
  it('changes the one rule in place, and takes the others away afterwards, in the clean-up', () => {
    const { added, removed, changed, replaced } = update(stack)

    expect([added, replaced]).toEqual([[], []])
    expect(changed).toEqual({ DatabaseEventsEE8AB8F3: ['Description', 'EventPattern'] })
    expect(removed.map(id => id.replace(/(?<=Events)\w*/, ''))).toEqual(gone.flatMap(it => [it, it]))
  })

  it('leaves every alarm as it is', () => {
    const { old, changed, removed } = update(stack)
    const alarms = Object.entries(resourcesOf(old)).flatMap(([id, { Type }]) =>
      Type === 'AWS::CloudWatch::Alarm' ? [id] : [],
    )

    expect(alarms.length).toBeGreaterThanOrEqual(8)
    expect(alarms.filter(id => id in changed || removed.includes(id))).toEqual([])
  })

  it('loses no event that woke the function and names the database', () => {
    const { old } = update(stack)
    const arns = [`${home}:db:orders`, `${home}:cluster:ledger`, `${home}:db:ledger-1`, `${home}:deployment:bgd-1`]
    const events = catalogue.flatMap(({ id, source }) =>
      arns.map(arn => ({
        source: 'aws.rds',
        'detail-type': detailTypes[source],
        account: '111122223333',
        resources: [arn],
        detail: { EventID: id, Message: 'Switchover from DB cluster ledger to x, from primary orders to y started.' },
      })),
    )
    const wakes = (template: Template, event: unknown) => patternsOf(template).some(it => matchesPattern(it, event))
    const heard = events.filter(event => wakes(old, event))

    expect(heard.length).toBeGreaterThan(50)
    expect(heard.filter(event => !wakes(after[stack] as Template, event))).toEqual([])
  })
})
