import { randomUUID } from 'node:crypto'
import type { Account } from './account.ts'
import type { Actions, Reply } from './actions.ts'
import type { Scope } from './calls.ts'
import { metricActions } from './cloudwatch-metrics.ts'
import { ec2Actions } from './ec2.ts'
import { ec2EndpointActions } from './ec2-endpoints.ts'
import { ec2NetworkActions } from './ec2-network.ts'
import { elbv2Actions } from './elbv2.ts'
import { elbv2AttributeActions } from './elbv2-attributes.ts'
import { eventBridgeActions } from './eventbridge.ts'
import { ApiFailure, accessDenied } from './failure.ts'
import type { Fault, Faults } from './faults.ts'
import { iamActions } from './iam.ts'
import { accessLogActions } from './logs.ts'
import { parseQuery, queryServices, text, writeQueryFailure, writeQueryReply } from './query-protocol.ts'
import { rdsActions } from './rds.ts'
import { rdsEventActions } from './rds-events.ts'
import { rdsFailoverActions } from './rds-failover.ts'
import { rdsSettingsActions } from './rds-settings.ts'
import { findRoute, type RestService, readTarget, runRoute, writeRestFailure, writeRestReply } from './rest.ts'
import { route53Service } from './route53.ts'
import { sqsActions } from './sqs.ts'
import { stsActions } from './sts.ts'
import type { Throttle } from './throttle.ts'
import { vpcLatticeService } from './vpc-lattice.ts'

export interface ApiRequest {
  readonly scope: Scope | undefined
  /** `X-Amz-Target` of the JSON protocols. */
  readonly target: string | undefined
  /** `POST` and `/` by default; the REST protocols say the action by them. */
  readonly method?: string
  readonly url?: string
  readonly body: string
}

export interface ApiAnswer {
  readonly service: string
  readonly action: string
  readonly status: number
  readonly contentType: string
  readonly requestId: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly errorCode?: string
  readonly brief: Readonly<Record<string, unknown>>
  /** What the transport has to do to this answer. */
  readonly fault?: Fault
}

export interface Dispatch {
  readonly account: Account
  readonly faults: Faults
  readonly throttle: Throttle
}

/** Answers one request; everything but the transport. */
export const openDispatch = ({ account, faults, throttle }: Dispatch): ((request: ApiRequest) => ApiAnswer) => {
  const query: Readonly<Record<string, Actions>> = {
    elasticloadbalancing: { ...elbv2Actions(account), ...elbv2AttributeActions(account) },
    rds: {
      ...rdsActions(account),
      ...rdsSettingsActions(account),
      ...rdsEventActions(account),
      ...rdsFailoverActions(account),
    },
    ec2: { ...ec2Actions(account), ...ec2NetworkActions(account), ...ec2EndpointActions(account) },
    iam: iamActions(account),
    sts: stsActions(account),
  }
  /** The action is the end of `X-Amz-Target`. */
  const json: Readonly<Record<string, Readonly<Record<string, (input: unknown) => Reply>>>> = {
    events: eventBridgeActions(account),
    sqs: sqsActions(account),
    monitoring: metricActions(account),
    logs: accessLogActions(account),
  }
  const restServices: Readonly<Record<string, RestService>> = {
    route53: route53Service(account),
    'vpc-lattice': vpcLatticeService(account),
  }

  return request => {
    const service = request.scope?.service ?? 'unknown'
    const requestId = randomUUID()
    const restService = restServices[service]
    const restRequest = readTarget(request.method, request.url, request.body)
    const route = restService && findRoute(restService, restRequest)
    const jsonActions = json[service]
    const parameters = restService || jsonActions ? {} : parseQuery(request.body)
    const named = jsonActions ? request.target?.split('.').at(-1) : text(parameters.Action)
    const action = (restService ? route?.action : named) ?? 'unknown'
    const fault = faults.take(`${service}:${action}`)

    const run = (): Reply => {
      if (!request.scope)
        throw new ApiFailure('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
      const resource = text(parameters.TargetGroupArn) ?? '*'
      if (fault?.kind === 'access-denied') throw accessDenied({ service, action, resource, account: account.id })
      if (fault?.kind === 'throttled') throw throttled(service)
      if (fault?.kind === 'server-error') {
        const code = service === 'vpc-lattice' ? 'InternalServerException' : 'InternalFailure'
        throw new ApiFailure(code, 'The request processing has failed because of an unknown error.', 500)
      }
      if (service === 'elasticloadbalancing') throttle.spend(action)
      if (restService) return runRoute(route, restRequest)
      if (jsonActions) return (jsonActions[action] ?? unknownJson)(JSON.parse(request.body))
      return (query[service]?.[action] ?? unknownAction(action))(parameters)
    }

    const protocol = queryServices[service]
    const describe = (status: number, body: string, rest: Pick<ApiAnswer, 'brief' | 'errorCode'>): ApiAnswer => ({
      service,
      action,
      status,
      requestId,
      contentType: protocol || restService?.protocol === 'xml' ? 'text/xml' : 'application/x-amz-json-1.1',
      body,
      ...rest,
      ...(fault ? { fault } : {}),
    })
    try {
      const { result, brief } = run()
      const body = protocol
        ? writeQueryReply(protocol, action, result, requestId)
        : restService
          ? writeRestReply(restService, result)
          : JSON.stringify(result)
      return describe(200, body, { brief })
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      const body = protocol
        ? writeQueryFailure(protocol, error, requestId)
        : restService
          ? writeRestFailure(restService, error, requestId)
          : JSON.stringify({ __type: error.code, message: error.message })
      return describe(error.status, body, { brief: {}, errorCode: error.code })
    }
  }
}

const throttled = (service: string): ApiFailure => {
  if (service === 'ec2') return new ApiFailure('RequestLimitExceeded', 'Request limit exceeded.', 503)
  if (service === 'vpc-lattice') return new ApiFailure('ThrottlingException', 'Rate exceeded', 429)
  if (service === 'events' || service === 'logs') return new ApiFailure('ThrottlingException', 'Rate exceeded', 400)
  return new ApiFailure('Throttling', 'Rate exceeded', 400)
}

const unknownAction = (action: string) => (): Reply => {
  throw new ApiFailure('InvalidAction', `Could not find operation ${action} in this lab`, 400)
}

const unknownJson = (): Reply => {
  throw new ApiFailure('UnknownOperationException', 'The lab does not know this operation', 400)
}
