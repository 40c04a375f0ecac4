import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'
import { callOf } from '../aws/calls.ts'
import { explain } from '../aws/explain.ts'
import { exitCodes } from '../exit-codes.ts'
import { type Gathered, known, none } from './gathered.ts'

/** Without these nothing can be read: no check would say anything. */
const endsAll = new Set<number>([exitCodes.noAccess, exitCodes.usage, exitCodes.interrupted])

/** A call's result; a refusal is a fact that stays unknown. @throws what would befall every other call too. */
export const attempt = async <T>(read: () => Promise<T>): Promise<Gathered<T>> => {
  try {
    return known(await read())
  } catch (error) {
    const { kind, code } = readAwsError(error)
    const action = callOf(error)?.action
    if (kind === 'denied') {
      return { kind: 'unknown', why: `Not allowed: ${action ?? code}.`, ...(action === undefined ? {} : { action }) }
    }
    const { message, exitCode } = explain(error)
    if (endsAll.has(exitCode)) throw error
    if (exitCode === exitCodes.notFound)
      return none(`${(error as Error).message.replace(/\.$/, '')} (${action ?? code}).`)
    return { kind: 'unknown', why: message }
  }
}

/**
 * The same, where AWS answers that there is no such thing. `missing`: EC2's code for that, which elsewhere may only mean
 * that EC2 does not show it yet.
 */
export const attemptToFind = <T>(read: () => Promise<T>, missing?: string): Promise<Gathered<T | undefined>> =>
  attempt(() => ifThere(read, missing))

/** `undefined` where AWS answers that there is no such thing. @throws every other refusal */
export const ifThere = async <T>(read: () => Promise<T>, missing?: string): Promise<T | undefined> => {
  try {
    return await read()
  } catch (error) {
    const { kind, code } = readAwsError(error)
    if (kind === 'not-found' || code === missing) return undefined
    throw error
  }
}

/** What a search finds; nothing found is `none`, with the reason given. */
export const find = async <T>(search: () => Promise<T | undefined>, whyNone: string): Promise<Gathered<T>> => {
  const found = await attempt(search)
  if (found.kind !== 'known') return found
  return found.value === undefined ? none(whyNone) : { kind: 'known', value: found.value }
}
