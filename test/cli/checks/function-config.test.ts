import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { configuration, timeout } from '../../../cli/checks/function-config.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { aConfig, arn, groupArn, lambda, settingsOf, someFacts, targetGroup } from '../doctor-facts.ts'

const { config: _, ...lambdaWithoutConfig } = lambda
const withText = (config: string | undefined): Partial<DoctorFacts> => ({
  lambda: known({ ...lambdaWithoutConfig, ...(config === undefined ? {} : { config }) }),
})
const withConfig = (changes: object) => withText(JSON.stringify(aConfig(changes)))
const withDatabase = (changes: object) => withConfig({ database: { ...aConfig().database, ...changes } })
const hidden = { lambda: known({ ...lambdaWithoutConfig, hidden: 'Lambda was unable to decrypt.' }) }
const sound = ok('REPOINT_CONFIG parses and names this database and target group.')
const differs = (how: string) =>
  problem(`The function's configuration differs from repoint.json: ${how}.`, 'Deploy the stack again.')
const cannotStart = (why: string) =>
  problem(`The function cannot start: ${why}`, 'Deploy the stack again; do not edit the variable by hand.')
const other = groupArn.replace('/orders/', '/other/')
const swap = (targetGroupArn: string) => ({ role: 'writer', strategy: 'swap', targetGroupArn, port: 5432 })
const cluster = {
  arn: arn.replace(':db:', ':cluster:'),
  endpoint: 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com',
}
const listenerArn = `${groupArn.replace(/:targetgroup.*/, '')}:listener/net/orders/0123456789abcdef/0123456789abcdef`
/** A cluster whose members have a target group each. */
const ofCluster = (...targetGroupArns: readonly string[]) => ({
  settings: settingsOf(cluster),
  ...withConfig({
    database: { ...aConfig().database, kind: 'cluster', ...cluster },
    frontDoors: [{ role: 'writer', strategy: 'weighted', targetGroupArns, listenerArn, port: 5432 }],
  }),
})
const isPaused = warning(
  'The policy paused withholds steps: the function detects a moved writer and does not act, or not fully.',
  'Remove it from policies in repoint.json and deploy, when it is no longer needed.',
)
const hostname = { kind: 'hostname', id: 'queue', endpoint: 'queue.internal.example.com', port: 5432 } as const
const { arn: __, ...settingsWithoutArn } = settingsOf()

describe('the configuration of the function', () => {
  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: readonly Judgement[]]>([
    ['is that of the settings', {}, [sound]],
    ['is that of the settings, whatever the case of its letters', withDatabase({ endpoint: aConfig().database.endpoint.toUpperCase() }), [sound]],
    ['has another database', withDatabase({ id: 'other' }), [differs('the database is other, repoint.json has orders')]],
    ['has another endpoint', withDatabase({ endpoint: 'other.abc123.eu-west-1.rds.amazonaws.com' }),
      [differs('the endpoint is other.abc123.eu-west-1.rds.amazonaws.com, repoint.json has orders.abc123.eu-west-1.rds.amazonaws.com')]],
    ['has another port', withDatabase({ port: 5433 }), [differs('the port is 5433, repoint.json has 5432')]],
    ['has another ARN', withDatabase({ arn: arn.replace('111122223333', '444455556666') }),
      [differs(`the ARN is ${arn.replace('111122223333', '444455556666')}, repoint.json has ${arn}`)]],
    ['is of a host name, and everything is different', withConfig({ database: hostname }),
      [differs(`the database is queue, repoint.json has orders; the kind is hostname, repoint.json has instance; the endpoint is queue.internal.example.com, repoint.json has orders.abc123.eu-west-1.rds.amazonaws.com; the ARN is not set, repoint.json has ${arn}`)]],
    ['of a host name has no ARN to compare', { ...withConfig({ database: hostname }), settings: { ...settingsWithoutArn, ...hostname } },
      [sound]],
    ['has an ARN, and the settings have a host name', { settings: { ...settingsWithoutArn, ...hostname } },
      [differs('the database is orders, repoint.json has queue; the kind is instance, repoint.json has hostname; the endpoint is orders.abc123.eu-west-1.rds.amazonaws.com, repoint.json has queue.internal.example.com')]],
    ['has another target group', withConfig({ frontDoors: [swap(other)] }), [differs(`the target group is ${other}, not ${groupArn}`)]],
    ['has the target group among several', ofCluster(other, groupArn), [sound]],
    ['has none of several target groups', ofCluster(other, `${other}0`), [differs(`the target group is ${other}, ${other}0, not ${groupArn}`)]],
    ['is compared without a target group that is not there', { ...withConfig({ frontDoors: [swap(other)] }), targetGroup: none('not found') }, [sound]],
    ['is compared as far as it may be read', { ...withDatabase({ port: 5433 }), targetGroup: notKnown('denied') }, [unknown('denied'), differs('the port is 5433, repoint.json has 5432')]],
    ['has a policy', withConfig({ policies: ['paused'] }), [isPaused]],
    ['has two policies', withConfig({ policies: ['add-only', 'paused'] }),
      [warning('The policies add-only, paused withhold steps: the function detects a moved writer and does not act, or not fully.',
        'Remove them from policies in repoint.json and deploy, when they are no longer needed.')]],
    ['differs and has a policy', { ...withConfig({ policies: ['paused'] }), targetGroup: known({ ...targetGroup, arn: other }) },
      [differs(`the target group is ${groupArn}, not ${other}`), isPaused]],
    ['has several problems', withText('{}'), [cannotStart('REPOINT_CONFIG has 2 problems: database: missing, expected an object; frontDoors: missing, expected a list of front doors.')]],
    ['is not set', withText(undefined), [cannotStart('REPOINT_CONFIG has 1 problem: is not set: expected the configuration as JSON.')]],
    ['is encrypted with a key that may not be used', hidden,
      [unknown('Lambda does not show the variables of repoint-orders: Lambda was unable to decrypt.', 'Allow kms:Decrypt with the key of the variables to whoever runs doctor.')]],
    ['is shown in spite of what else is hidden', { lambda: known({ ...lambda, hidden: 'Lambda was unable to decrypt.' }) }, [sound]],
    ['may not be read', { lambda: notKnown('denied') }, [unknown('denied')]],
    ['is that of no function', { lambda: none('Function not found.') }, [notice('Function not found.')]],
  ])('%s', (_, changes, expected) => {
    expect(configuration.judge(someFacts(changes))).toEqual(expected)
  })
})

describe('the longest watch', () => {
  const ends = (timeoutSeconds: number, watch: object = {}) => ({
    lambda: known({ ...lambda, timeoutSeconds, config: JSON.stringify(aConfig({ watch })) }),
  })
  const endsEarly = (needed: number, timeoutSeconds: number) =>
    warning(
      `The longest watch takes ${needed} s, the function's timeout is ${timeoutSeconds} s: it ends early, before the new target is verified.`,
      'Set the timeout to 900 s by deploying the stack again, or shorten watch.startedMs and watch.healthyMs.',
    )

  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: readonly Judgement[]]>([
    ['fits', ends(900), [ok("The longest watch takes 660 s of the function's 900 s.")]],
    ['fits by a second', ends(661), [ok("The longest watch takes 660 s of the function's 661 s.")]],
    ['needs a second that is not there', ends(660), [endsEarly(660, 660)]],
    ['counts a second that has begun', ends(660, { startedMs: 300_001 }), [endsEarly(661, 660)]],
    ['is as long as the configuration says', ends(60, { startedMs: 20_000, healthyMs: 30_000, completedMs: 60_000 }), [ok("The longest watch takes 50 s of the function's 60 s.")]],
    ['is not known where the configuration is wrong, which has its own check', withText('{}'), []],
    ['is not known where the configuration is hidden, which has its own check', hidden, []],
    ['is not known where the function may not be read', { lambda: notKnown('denied') }, [unknown('denied')]],
  ])('%s', (_, changes, expected) => {
    expect(timeout.judge(someFacts(changes))).toEqual(expected)
  })
})
