/** Fields of a moment as a reader wants them; the embedded record has them whole. */

type Fields = Readonly<Record<string, unknown>>

const longest = 120

export const sayFields = (fields: Fields, speed: number): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => sayField(name, value, speed))
    .join(', ')

const sayField = (name: string, value: unknown, speed: number): string[] => {
  if (value === undefined || name === 'tookMs' || (name === 'status' && value === 200)) return []
  if (name === 'report' && isFields(value)) return sayReport(value)
  if (name === 'step' && isFields(value)) return [sayStep(value)]
  if (name === 'error' && isFields(value)) return [`error ${shorten(String(value.message ?? value.name))}`]
  // The function measures wall milliseconds.
  if (name === 'delayMs' && typeof value === 'number') return [`for ${((value * speed) / 1000).toFixed(1)} s`]
  return [`${name} ${sayValue(value)}`]
}

const sayReport = ({ outcome, reason, trigger }: Fields): string[] => {
  const woken = isFields(trigger) ? (trigger.eventId ?? trigger.kind) : undefined
  return [`${outcome}: ${reason}`, ...(woken === undefined ? [] : [`woken by ${woken}`])]
}

const sayStep = ({ kind, targets }: Fields): string =>
  `${kind} ${Array.isArray(targets) ? targets.map(({ ip, port }) => `${ip}:${port}`).join(', ') : ''}`.trim()

const sayValue = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(sayValue).join(', ')
  if (isFields(value)) {
    const simple = Object.values(value).every(one => typeof one !== 'object')
    return shorten(
      simple
        ? Object.entries(value)
            .map(([key, one]) => `${key} ${one}`)
            .join(', ')
        : JSON.stringify(value),
    )
  }
  return shorten(String(value))
}

/** Error texts begin with what was called and end with what is wrong. */
const shorten = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest / 2)} ... ${text.slice(-longest / 2)}`

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const sayCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')
