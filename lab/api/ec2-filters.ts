import { ec2Errors } from './errors/ec2-errors.ts'
import { ApiFailure, type Refusal } from './errors/failure.ts'
import { field, list, type Parameters, strings, text } from './query-protocol.ts'

/** By a filter's name: the values of an item that it is compared with. */
export type FilterReaders<T> = Readonly<Record<string, (item: T) => readonly string[]>>

/** EC2's `Filters`: all of them hold, of each one value. @throws ApiFailure for a filter that the lab does not know. */
export const filtered = <T>(parameters: Parameters, all: readonly T[], readers: FilterReaders<T>): readonly T[] => {
  const wanted = list(parameters.Filter).map(filter => {
    const name = text(field(filter, 'Name')) ?? ''
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (read === undefined) throw new ApiFailure(ec2Errors.badFilter, name)
    return { read, values: strings(field(filter, 'Value')) }
  })
  return all.filter(item => wanted.every(({ read, values }) => read(item).some(value => values.includes(value))))
}

/** @throws ApiFailure the refusal when one of the ids is not there. */
export const byId = <T extends { id: string }>(
  all: readonly T[],
  ids: readonly string[],
  refusal: Refusal<[string]>,
): readonly T[] => {
  const missing = ids.find(id => !all.some(one => one.id === id))
  if (missing) throw new ApiFailure(refusal, missing)
  return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id))
}
