import { InvalidArgumentError, Option } from 'commander'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Two units at most: `420 ms`, `12.3 s`, `4 min 05 s`, `3 h 12 min`, `5 d 2 h`. */
export const showDuration = (ms: number): string => {
  const two = (value: number) => String(value).padStart(2, '0')
  if (ms < 0) return `-${showDuration(-ms)}`
  if (ms < second) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / second).toFixed(ms < 10 * second ? 1 : 0)} s`
  if (ms < hour) return `${Math.floor(ms / minute)} min ${two(Math.floor((ms % minute) / second))} s`
  if (ms < day) return `${Math.floor(ms / hour)} h ${two(Math.floor((ms % hour) / minute))} min`
  return `${Math.floor(ms / day)} d ${Math.floor((ms % day) / hour)} h`
}

const units: Readonly<Record<string, number>> = { ms: 1, s: second, m: minute, min: minute, h: hour, d: day }

/** `250ms`, `90s`, `30m`, `2h`, `1h30m`, `7d` in milliseconds. @throws InvalidArgumentError */
export const readDuration = (text: string): number => {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|min|[smhd])/g)]
  const ms = parts.reduce((sum, [, value, unit]) => sum + Number(value) * (units[unit ?? ''] ?? 0), 0)
  if (parts.map(([whole]) => whole).join('') !== text || !(ms > 0)) {
    throw new InvalidArgumentError('Expected a duration such as 90s, 30m, 2h, 1h30m or 7d.')
  }
  return ms
}

/** An option whose default the help shows as it would be typed. */
export const durationOption = (flags: string, description: string, standard: string): Option =>
  new Option(flags, description).argParser(readDuration).default(readDuration(standard), standard)

/** `2026-11-21 02:04:31` in UTC, as AWS's logs have it. */
export const showTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

export const ago = (ms: number, nowMs: number): string => `${showDuration(Math.max(0, nowMs - ms))} ago`

/** `30 d`, where nothing is beside the days. */
export const showSpan = (ms: number): string => showDuration(ms).replace(/ 0 h$/, '')
