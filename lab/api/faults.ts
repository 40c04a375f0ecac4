import { ApiFailure, type Refusal } from './errors/failure.ts'

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

/** How services word what can happen to every call. */
interface Wording {
  readonly throttled: Refusal
  readonly serverError: Refusal
  readonly denied: Refusal<[message: string]>
}

const docs = 'https://docs.aws.amazon.com'
/** "The request processing has failed because of an unknown error, exception or failure." */
const commonErrors = `${docs}/elasticloadbalancing/latest/APIReference/CommonErrors.html` as const
const unknownError = () => 'The request processing has failed because of an unknown error.'
/** The sentence is IAM's. */
const asSaid = (message: string): string => message

const usual: Wording = {
  throttled: {
    code: 'Throttling',
    text: () => 'Rate exceeded',
    source: `${docs}/elasticloadbalancing/latest/userguide/elb-api-throttling.html`,
    assumption: 'the text, as public logs show it; that the services without a row of their own answer so as well',
  },
  serverError: {
    code: 'InternalFailure',
    status: 500,
    text: unknownError,
    source: commonErrors,
    assumption: 'that the description is the text',
  },
  denied: {
    code: 'AccessDenied',
    status: 403,
    text: asSaid,
    source: `${docs}/IAM/latest/UserGuide/troubleshoot_access-denied.html`,
    assumption: 'that the services without a row of their own answer with this code and status',
  },
}

const throttlingException = (source: `https://${string}`, status = 400): Pick<Wording, 'throttled'> => ({
  throttled: {
    code: 'ThrottlingException',
    status,
    text: () => 'Rate exceeded',
    source,
    assumption: 'the text, as public logs show it',
  },
})
const internalServer = (source: `https://${string}`): Pick<Wording, 'serverError'> => ({
  serverError: {
    code: 'InternalServerException',
    status: 500,
    text: unknownError,
    source,
    assumption: 'the text; nobody acts on it',
  },
})

/** Where a service differs from the usual, by its signing name. */
export const wordings: Readonly<Record<string, Partial<Wording>>> = {
  '*': usual,
  ec2: {
    throttled: {
      code: 'RequestLimitExceeded',
      status: 503,
      text: () => 'Request limit exceeded.',
      source: `${docs}/ec2/latest/devguide/ec2-api-throttling.html`,
    },
    denied: {
      code: 'UnauthorizedOperation',
      status: 403,
      text: asSaid,
      source: `${docs}/AWSEC2/latest/APIReference/errors-overview.html`,
    },
  },
  events: {
    ...throttlingException(`${docs}/eventbridge/latest/APIReference/CommonErrors.html`),
    denied: {
      code: 'AccessDeniedException',
      status: 400,
      text: asSaid,
      source: `${docs}/eventbridge/latest/APIReference/CommonErrors.html`,
    },
  },
  lambda: {
    ...throttlingException(`${docs}/lambda/latest/api/CommonErrors.html`),
    ...internalServer(`${docs}/lambda/latest/api/CommonErrors.html`),
  },
  logs: throttlingException(`${docs}/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html`),
  monitoring: throttlingException(`${docs}/AmazonCloudWatch/latest/APIReference/CommonErrors.html`),
  scheduler: {
    ...throttlingException(`${docs}/scheduler/latest/APIReference/API_GetSchedule.html`),
    ...internalServer(`${docs}/scheduler/latest/APIReference/API_GetSchedule.html`),
  },
  'vpc-lattice': {
    ...internalServer(`${docs}/vpc-lattice/latest/APIReference/API_GetResourceConfiguration.html`),
    ...throttlingException(`${docs}/vpc-lattice/latest/APIReference/API_GetResourceConfiguration.html`, 429),
    denied: {
      code: 'AccessDeniedException',
      status: 403,
      text: asSaid,
      source: `${docs}/vpc-lattice/latest/APIReference/API_GetResourceConfiguration.html`,
    },
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
      return new ApiFailure(throttled)
    case 'server-error':
      return new ApiFailure(serverError)
    case 'access-denied':
      return new ApiFailure(denied, deniedMessage(call))
    default:
      return undefined
  }
}

/** Where a permission's prefix is not the signing name. */
const permissionPrefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' }

/**
 * IAM's wording (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html); EC2 has its own, as public
 * logs show it.
 */
const deniedMessage = ({ service, action, resource, account }: FaultyCall): string => {
  const permission = `${permissionPrefixes[service] ?? service}:${action}`
  const caller = `User: arn:aws:sts::${account}:assumed-role/RepointReconcilerRole/repoint`
  const why = `because no identity-based policy allows the ${permission} action`
  return service === 'ec2'
    ? `You are not authorized to perform this operation. ${caller} is not authorized to perform: ${permission} ${why}`
    : `${caller} is not authorized to perform: ${permission} on resource: ${resource} ${why}`
}
