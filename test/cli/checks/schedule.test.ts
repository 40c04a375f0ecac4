import { describe, expect, it } from 'vitest'
import { type Judgement, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { schedule } from '../../../cli/checks/schedule.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { known, notKnown } from '../../../cli/facts/gathered.ts'
import { schedule as resync, someFacts } from '../doctor-facts.ts'

const name = 'repoint-orders/resync'
const until = '2026-11-21T04:00:00.000Z'
const pause = (isOverdue: boolean) => ({ reason: 'CHG-1', until, isOverdue })

const runs = (expression: string): Judgement => ok(`The schedule ${name} is enabled: ${expression}.`)
const paused = warning(
  `Paused until ${until}: CHG-1. The schedule checks and does not act.`,
  'When the work is done: repoint resume --database orders.',
)
const stopped = (how: string): Judgement =>
  problem(
    `The schedule ${name} ${how}: a failover whose event is lost is never found.`,
    'repoint resume --database orders.',
    sources.eventDelivery,
  )
const strange = (input: string): Judgement =>
  problem(`The schedule ${name} sends ${input}, which is not a resync.`, 'Deploy the stack again.')
const seldom = (minutes: number): Judgement =>
  warning(
    `The schedule ${name} runs every ${minutes} minutes: a lost event may stay unnoticed for that long.`,
    'Set function.everyMinutes to 1.',
    sources.eventDelivery,
  )

describe('the schedule that calls the function', () => {
  it.each<[string, Partial<typeof resync>, Judgement]>([
    ['is enabled, as the stack makes it', {}, runs('rate(1 minute)')],
    ['may be every 5 minutes', { expression: 'rate(5 minutes)' }, runs('rate(5 minutes)')],
    ['is late every 6 minutes', { expression: 'rate(6 minutes)' }, seldom(6)],
    ['is late every 12 minutes', { expression: 'rate(12 minutes)' }, seldom(12)],
    ['is late every hour', { expression: 'rate(1 hour)' }, seldom(60)],
    ['is late every two days', { expression: 'rate(2 days)' }, seldom(2880)],
    ["is taken as it is by somebody's own times", { expression: 'cron(0 3 * * ? *)' }, runs('cron(0 3 * * ? *)')],
    ['is paused, whatever it sends meanwhile', { pause: pause(false), input: '{"action":"plan"}' }, paused],
    ['is paused, though it was disabled as well', { pause: pause(false), state: 'DISABLED' }, paused],
    ['runs after a pause that is over', { pause: pause(true) }, runs('rate(1 minute)')],
    ['is disabled', { state: 'DISABLED' }, stopped('is disabled')],
    ['has ended', { hasEnded: true }, stopped('has ended')],
    ['is disabled and has ended', { state: 'DISABLED', hasEnded: true }, stopped('is disabled')],
    [
      'is disabled since a pause',
      { state: 'DISABLED', pause: pause(true) },
      stopped(`is disabled since a pause that ended at ${until} (CHG-1)`),
    ],
    [
      'has ended with a pause',
      { hasEnded: true, pause: pause(true) },
      stopped(`has ended since a pause that ended at ${until} (CHG-1)`),
    ],
    ['asks for a resync by its name', { input: '{"action":"resync"}' }, runs('rate(1 minute)')],
    ['asks for a resync without an action', { input: '{}' }, runs('rate(1 minute)')],
    ['asks for a resync without an input', { input: '' }, runs('rate(1 minute)')],
    ['asks for something else', { input: '{"action":"plan"}' }, strange('{"action":"plan"}')],
    ['asks for what is no JSON', { input: 'resync' }, strange('resync')],
  ])('%s', (_, changes, expected) => {
    expect(schedule.judge(someFacts({ schedules: known([{ ...resync, ...changes }]) }))).toEqual([expected])
  })

  it('is missing', () => {
    expect(schedule.judge(someFacts({ schedules: known([]) }))).toEqual([
      problem(
        'No schedule calls the function: a failover whose event is lost is never found.',
        'Deploy the stack again.',
        sources.eventDelivery,
      ),
    ])
  })

  it('is judged one by one where there are several', () => {
    const schedules = known([{ ...resync, state: 'DISABLED' }, resync])

    expect(schedule.judge(someFacts({ schedules }))).toEqual([stopped('is disabled'), runs('rate(1 minute)')])
  })

  it('is not known where it cannot be read', () => {
    expect(schedule.judge(someFacts({ schedules: notKnown('Throttled.') }))).toEqual([unknown('Throttled.')])
  })
})
