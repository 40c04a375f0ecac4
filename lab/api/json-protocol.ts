import { ApiFailure } from './errors/failure.ts'
import { commonErrors } from './errors/service-errors.ts'
import type { Asked, Reply, Service } from './service.ts'

type Operations = Readonly<Record<string, (input: never) => Reply | Promise<Reply>>>

/** A service with all operations on one path: the end of the target header names the operation, the body is its input. */
export const jsonService = (operations: Operations): Service => ({
  contentType: 'application/x-amz-json-1.1',
  read: ({ target, body }): Asked => {
    const action = target?.split('.').at(-1) ?? 'unknown'
    const operation = Object.hasOwn(operations, action) ? operations[action] : undefined
    return {
      action,
      run: () => {
        if (operation === undefined) throw new ApiFailure(commonErrors.unknownOperation, action)
        return operation(JSON.parse(body === '' ? '{}' : body) as never)
      },
    }
  },
  writeReply: (_, result) => JSON.stringify(result),
  writeFailure: failure => writeJsonFailure(failure),
})

export const writeJsonFailure = ({ code, message }: ApiFailure): string =>
  JSON.stringify({ __type: code, message, Message: message })
