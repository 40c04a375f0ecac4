/** Which call failed, in IAM's words. The clients attach it to what they throw. */
export interface FailedCall {
  /** As in a policy: `lambda:InvokeFunction`. */
  readonly action: string
  readonly region: string
  /** The profile that was asked for. */
  readonly profile?: string
}

const calls = new WeakMap<object, FailedCall>()

export const attachCall = (error: unknown, call: FailedCall): void => {
  if (typeof error === 'object' && error !== null) calls.set(error, call)
}

export const callOf = (error: unknown): FailedCall | undefined =>
  typeof error === 'object' && error !== null ? calls.get(error) : undefined

/** Of services whose name in policies is not the client's. */
const prefixes: Readonly<Record<string, string>> = {
  ElasticLoadBalancingV2Client: 'elasticloadbalancing',
  EventBridgeClient: 'events',
  CloudWatchLogsClient: 'logs',
  VPCLatticeClient: 'vpc-lattice',
}

/** The permission that a call needs, where its name is not the API's own. */
const renamed: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction' }

export const iamAction = (clientName: string, commandName: string): string => {
  const service = prefixes[clientName] ?? clientName.replace(/Client$/, '').toLowerCase()
  const action = `${service}:${commandName.replace(/Command$/, '')}`
  return renamed[action] ?? action
}
