/** Fields of a moment as a reader wants them: short, in scenario time, the rest left to `--json`. */

type Fields = Readonly<Record<string, unknown>>

/** The function measures wall milliseconds. */
export interface Scale {
  readonly speed: number
}

export const showFields = (fields: Fields, scale: Scale): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => showField(name, value, scale))
    .join('  ')

const showField = (name: string, value: unknown, scale: Scale): string[] => {
  if (value === undefined || name === 'tookMs' || (name === 'status' && value === 200)) return []
  if (name === 'report') return showReport(value as ReportFields, scale)
  if (name === 'step') return [showStep(value as StepFields)]
  if (name === 'error' && isRecord(value)) return [`error=${shorten(String(value.message ?? value.name))}`]
  if (name === 'delayMs' && typeof value === 'number') return [`for=${secondsOf(value, scale)}`]
  if (name === 'outageSeconds') return [`outage=${value} s`]
  if (name === 'errors' && isRecord(value)) return [showCounts(value as Record<string, number>)]
  return [`${name}=${showValue(value)}`]
}

interface StepFields {
  readonly kind: string
  readonly targets?: readonly { readonly ip: string; readonly port: number }[]
  readonly weights?: readonly { readonly targetGroupArn: string; readonly weight: number }[]
  readonly pair?: readonly { readonly ip: string }[]
}

interface ReportFields {
  readonly outcome: string
  readonly reason: string
  readonly timings: { readonly registeredMs?: number; readonly healthyMs?: number; readonly looks: number }
}

const showStep = ({ kind, targets = [], weights = [], pair = [] }: StepFields): string => {
  const what = [
    ...targets.map(({ ip, port }) => `${ip}:${port}`),
    ...weights.map(({ targetGroupArn, weight }) => `${targetGroupArn.split('/')[1]} ${weight}`),
    ...pair.map(({ ip }) => ip),
  ]
  return `${kind} ${what.join(', ')}`
}

const showReport = ({ outcome, reason, timings }: ReportFields, scale: Scale): string[] => {
  const { registeredMs, healthyMs, looks } = timings
  return [
    `outcome=${outcome}`,
    `reason=${reason}`,
    ...(registeredMs === undefined ? [] : [`registered=${secondsOf(registeredMs, scale)}`]),
    ...(healthyMs === undefined ? [] : [`healthy=${secondsOf(healthyMs, scale)}`]),
    `looks=${looks}`,
  ]
}

/** Numbers and what they are of. */
export const showCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')

const secondsOf = (wallMs: number, { speed }: Scale): string => `${((wallMs * speed) / 1000).toFixed(1)} s`

const longest = 100

/** Error texts begin with what was called and end with what is wrong. */
const shorten = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest / 2)} ... ${text.slice(-longest / 2)}`

const showValue = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(showValue).join(', ')
  return shorten(typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value))
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
