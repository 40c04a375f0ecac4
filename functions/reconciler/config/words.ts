import { isIPv4 } from 'node:net'
import * as v from 'valibot'

/** The words of the configuration's schema: each says what is allowed, and reports together with the others. */

/**
 * An object with no other keys than these. Not `v.strictObject`: that reports only the first unknown key, and a missing
 * one without what is allowed there.
 */
export const closed = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    v.custom<Record<string, unknown>>(isRecord, 'an object'),
    v.objectWithRest(entries, v.never(`one of ${Object.keys(entries).join(', ')}`), issue =>
      allowedAt(entries, issue),
    ) as unknown as v.ObjectSchema<Entries, undefined>,
  )

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

const allowedAt = (entries: v.ObjectEntries, issue: v.BaseIssue<unknown>): string => {
  const entry = entries[String(issue.path?.at(-1)?.key)]
  return entry && 'message' in entry && typeof entry.message === 'string' ? entry.message : 'a value'
}

export const wholeNumber = (what: string, least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.number(what),
    v.check(value => Number.isSafeInteger(value) && value >= least && value <= most, what),
  )

export const millis = (what: string, least = 1) =>
  wholeNumber(`${what} in milliseconds, a whole number from ${least}`, least)

export const textWhere = (what: string, isValid: (value: string) => boolean) =>
  v.pipe(v.string(what), v.check(isValid, what))

export const isPresent = (value: string): boolean => value.length > 0

export const portNumber = wholeNumber('a port, 1 to 65535', 1, 65_535)

export const isHostName = (value: string): boolean => /^(?!-)[a-z0-9_.-]+\.[a-z0-9-]+$/i.test(value) && !isIPv4(value)

export const listOf = <Item extends v.GenericSchema>(item: Item, what: string, least: 0 | 1) =>
  v.pipe(v.array(item, `a list of ${what}`), v.minLength(least, `a list of ${what}, at least ${least}`))

export const isCidr = (value: string): boolean => {
  const [ip = '', bits = '', ...rest] = value.split('/')
  return rest.length === 0 && isIPv4(ip) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32
}

export const isDnsServer = (value: string): boolean => {
  const [ip = '', port = '53', ...rest] = value.split(':')
  return rest.length === 0 && isIPv4(ip) && /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535
}
