import { ApiFailure } from './failure.ts'

/** What can go wrong with a call. The effect of `lost-reply` takes place and the caller never learns of it. */
export type Fault =
  | { readonly kind: 'throttled' | 'access-denied' | 'server-error' | 'lost-reply' }
  | { readonly kind: 'slow'; readonly ms: number }

export interface Faults {
  /** The next `times` calls of `action` (for example `elasticloadbalancing:RegisterTargets`) meet the fault. */
  inject(action: string, fault: Fault, times?: number): void
  take(action: string): Fault | undefined
  clear(): void
}

export const planFaults = (): Faults => {
  const planned = new Map<string, { fault: Fault; left: number }[]>()
  return {
    inject: (action, fault, times = 1) => {
      planned.set(action, [...(planned.get(action) ?? []), { fault, left: times }])
    },
    take: action => {
      const [next, ...rest] = planned.get(action) ?? []
      if (!next) return undefined
      next.left -= 1
      if (next.left <= 0) planned.set(action, rest)
      return next.fault
    },
    clear: () => planned.clear(),
  }
}

type Refusal = readonly [code: string, message: string, status: number]

/** How services word what can happen to every call. */
interface Wording {
  readonly throttled: Refusal
  readonly serverError: Refusal
  /** Code and status; the message is IAM's. */
  readonly denied: readonly [code: string, status: number]
}

const unknownError = 'The request processing has failed because of an unknown error.'
const usual: Wording = {
  throttled: ['Throttling', 'Rate exceeded', 400],
  serverError: ['InternalFailure', unknownError, 500],
  denied: ['AccessDenied', 403],
}
const throttlingException: Pick<Wording, 'throttled'> = { throttled: ['ThrottlingException', 'Rate exceeded', 400] }
const internalServer: Pick<Wording, 'serverError'> = { serverError: ['InternalServerException', unknownError, 500] }

/** Where a service differs from the usual, by its signing name. */
const wordings: Readonly<Record<string, Partial<Wording>>> = {
  ec2: {
    throttled: ['RequestLimitExceeded', 'Request limit exceeded.', 503],
    denied: ['UnauthorizedOperation', 403],
  },
  events: { ...throttlingException, denied: ['AccessDeniedException', 400] },
  lambda: { ...throttlingException, ...internalServer },
  logs: throttlingException,
  monitoring: throttlingException,
  scheduler: { ...throttlingException, ...internalServer },
  'vpc-lattice': {
    ...internalServer,
    throttled: ['ThrottlingException', 'Rate exceeded', 429],
    denied: ['AccessDeniedException', 403],
  },
}

export interface FaultyCall {
  readonly service: string
  readonly action: string
  /** `*` where the call names none. */
  readonly resource: string
  readonly account: string
}

/** The error that the fault is answered with; `undefined` for one that lets the call take effect. */
export const failureOf = (fault: Fault | undefined, call: FaultyCall): ApiFailure | undefined => {
  const { throttled, serverError, denied } = { ...usual, ...wordings[call.service] }
  switch (fault?.kind) {
    case 'throttled':
      return new ApiFailure(...throttled)
    case 'server-error':
      return new ApiFailure(...serverError)
    case 'access-denied':
      return new ApiFailure(denied[0], deniedMessage(call), denied[1])
    default:
      return undefined
  }
}

/** Where a permission's prefix is not the signing name. */
const permissionPrefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' }

/** IAM's wording; EC2 has its own. */
const deniedMessage = ({ service, action, resource, account }: FaultyCall): string => {
  const permission = `${permissionPrefixes[service] ?? service}:${action}`
  const caller = `User: arn:aws:sts::${account}:assumed-role/RepointReconcilerRole/repoint`
  const why = `because no identity-based policy allows the ${permission} action`
  return service === 'ec2'
    ? `You are not authorized to perform this operation. ${caller} is not authorized to perform: ${permission} ${why}`
    : `${caller} is not authorized to perform: ${permission} on resource: ${resource} ${why}`
}
