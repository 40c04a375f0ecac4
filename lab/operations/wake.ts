import type { Pattern } from '../events/pattern.ts'
import * as fixture from '../fixture.ts'

/** A rule of the event bus, as its API shows and switches it. */
export interface RuleState {
  readonly name: string
  readonly arn: string
  readonly pattern: Pattern
  /** What its target gets instead of the event. */
  readonly input?: string
  readonly description: string
  isEnabled: boolean
}

/** The schedule, as its API shows and changes it. */
export interface ScheduleState {
  readonly name: string
  readonly group: string
  readonly arn: string
  readonly expression: string
  state: 'ENABLED' | 'DISABLED'
  /** The stack that had it has let it go. */
  isGone: boolean
  description: string
  /** Epoch milliseconds of the wall clock. */
  endsAtMs: number | undefined
  target: { readonly Arn: string; readonly RoleArn: string; readonly Input?: string }
}

export interface WakeOptions {
  readonly rules: readonly Pick<RuleState, 'name' | 'pattern' | 'input'>[]
  readonly functionName: string
  readonly everyMs: number
  readonly payload: unknown
}

export interface WakeState {
  readonly functionArn: string
  readonly rules: RuleState[]
  readonly schedule: ScheduleState
}

/** What wakes the function, as it is right after a deployment. */
export const openWake = (options: WakeOptions): WakeState => {
  const { functionName, everyMs } = options
  const { account, region } = fixture
  const functionArn = fixture.functionArn(functionName)
  const minutes = Math.round(everyMs / 60_000)
  return {
    functionArn,
    rules: options.rules.map(rule => ({
      ...rule,
      arn: `arn:aws:events:${region}:${account}:rule/${rule.name}`,
      description: 'Wakes the function',
      isEnabled: true,
    })),
    schedule: {
      name: 'resync',
      group: functionName,
      arn: `arn:aws:scheduler:${region}:${account}:schedule/${functionName}/resync`,
      expression: `rate(${minutes} minute${minutes === 1 ? '' : 's'})`,
      state: 'ENABLED',
      isGone: false,
      description: 'Looks whether the load balancer still points at the writer',
      endsAtMs: undefined,
      target: {
        Arn: `${functionArn}:tick`,
        RoleArn: `arn:aws:iam::${account}:role/RepointScheduleRole`,
        Input: JSON.stringify(options.payload),
      },
    },
  }
}

/** What a tick sends now; nothing while the schedule is off or over. */
export const tickPayload = ({ schedule }: WakeState, nowMs = Date.now()): unknown => {
  if (schedule.isGone || schedule.state === 'DISABLED' || nowMs >= (schedule.endsAtMs ?? Number.POSITIVE_INFINITY))
    return undefined
  return JSON.parse(schedule.target.Input ?? '{}')
}
