import type { Account } from '../../lab/api/account.ts'
import { type Api, startApi } from '../../lab/api/api-server.ts'
import type { AccountResources } from '../../lab/api/resources.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { manualTime } from './manual-time.ts'

export const accountId = '111122223333'
export const region = 'eu-west-1'
export const balancerArn = `arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer/net/orders/0123456789abcdef`

const none: AccountResources = {
  vpcs: [],
  subnets: [],
  securityGroups: [],
  endpointServices: [],
  vpcEndpoints: [],
  hostedZones: [],
  resourceGateways: [],
  resourceConfigurations: [],
  accessLogSubscriptions: [],
  parameterGroups: [],
  roles: [],
  queues: [],
  redshiftClusters: [],
  stacks: [],
  databases: {},
  loadBalancers: {},
  listeners: {},
}

export interface ServedApi {
  readonly api: Api
  /** Options of a client of the SDK. */
  readonly client: {
    readonly endpoint: string
    readonly region: string
    readonly maxAttempts: number
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  }
}

/** The lab's API over these resources, on loopback. */
export const serveApi = async (
  resources: Partial<AccountResources>,
  rest: Partial<Account> = {},
): Promise<ServedApi & { readonly resources: AccountResources }> => {
  const time = manualTime()
  const whole: AccountResources = { ...none, ...resources }
  const account: Account = {
    id: accountId,
    region,
    vpc: { id: 'vpc-0a1b2c3d4e5f60718', cidrs: ['10.0.0.0/16'] },
    targetGroups: [],
    loadBalancers: [
      { arn: balancerArn, name: 'orders', dnsName: 'orders.elb.amazonaws.com', zones: [], listeners: [] },
    ],
    interfaces: [],
    databases: { instances: () => [], clusters: () => [] },
    events: { put: () => ({ EventId: '1' }) },
    resources: whole,
    ...rest,
  }
  const api = await startApi({ account, time, timeline: startTimeline(time) })
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' }
  return { api, resources: whole, client: { endpoint: api.url, region, maxAttempts: 1, credentials } }
}
