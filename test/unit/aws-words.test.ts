import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/**
 * States, metrics and answers of AWS that the product compares with, each with where it is documented. A comparison with a word
 * that is not here fails: a state that AWS never answers is a rule that never holds.
 */

const docs = 'https://docs.aws.amazon.com'
const elb = `${docs}/elasticloadbalancing/latest/APIReference`
const targetHealth = `${elb}/API_TargetHealth.html`
const rdsStatus = `${docs}/AmazonRDS/latest/UserGuide/accessing-monitoring.html`
const endpointState = `${docs}/vpc/latest/privatelink/concepts.html`

const words: Readonly<Record<string, string>> = {
  // Of a target.
  healthy: targetHealth,
  unhealthy: targetHealth,
  'unhealthy.draining': targetHealth,
  initial: targetHealth,
  unused: targetHealth,
  draining: targetHealth,
  unavailable: targetHealth,
  'Target.NotRegistered': targetHealth,
  // Of a load balancer.
  provisioning: `${elb}/API_LoadBalancerState.html`,
  active: `${elb}/API_LoadBalancerState.html`,
  // Of a database; the others are in `members.ts`, beside their source.
  available: rdsStatus,
  'pending-reboot': `${docs}/AmazonRDS/latest/APIReference/API_DBParameterGroupStatus.html`,
  'in-sync': `${docs}/AmazonRDS/latest/APIReference/API_DBParameterGroupStatus.html`,
  // Of endpoints, their services and connections.
  Available: `${docs}/AWSEC2/latest/APIReference/API_ServiceConfiguration.html`,
  pendingAcceptance: endpointState,
  rejected: endpointState,
  failed: endpointState,
  expired: endpointState,
  deleted: endpointState,
  verified: `${docs}/AWSEC2/latest/APIReference/API_PrivateDnsNameConfiguration.html`,
  // Of resource gateways and configurations.
  ACTIVE: `${docs}/vpc-lattice/latest/APIReference/API_GetResourceConfiguration.html`,
  // Of a function.
  Successful: `${docs}/lambda/latest/api/API_FunctionConfiguration.html`,
  Inactive: `${docs}/lambda/latest/api/API_FunctionConfiguration.html`,
  Failed: `${docs}/lambda/latest/api/API_FunctionConfiguration.html`,
  Active: `${docs}/lambda/latest/api/API_FunctionConfiguration.html`,
  // Of a rule, a schedule and an alarm.
  ENABLED: `${docs}/scheduler/latest/APIReference/API_GetSchedule.html`,
  DISABLED: `${docs}/scheduler/latest/APIReference/API_GetSchedule.html`,
  ALARM: `${docs}/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html`,
  // Of a change of records.
  INSYNC: `${docs}/Route53/latest/APIReference/API_ChangeInfo.html`,
  // Of a stack.
  CREATE_IN_PROGRESS: `${docs}/AWSCloudFormation/latest/UserGuide/view-stack-events.html`,
  UPDATE_ROLLBACK_FAILED: `${docs}/AWSCloudFormation/latest/UserGuide/view-stack-events.html`,
  DELETE_COMPLETE: `${docs}/AWSCloudFormation/latest/UserGuide/view-stack-events.html`,
  // Of a query of logs; `Complete` is one of its too.
  Scheduled: `${docs}/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html`,
  Running: `${docs}/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html`,
  // Of a metric's data.
  Complete: `${docs}/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html`,
  // Metrics.
  NewConnections: `${docs}/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html`,
  ActiveConnections: `${docs}/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html`,
  NewFlowCount: `${docs}/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html`,
  ActiveFlowCount: `${docs}/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html`,
  RejectedFlowCount: `${docs}/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html`,
}

/** Of JavaScript, compared in the same way. */
const own = new Set(['number', 'fulfilled'])

const folders = [
  'functions/reconciler/adapters',
  'functions/reconciler/core',
  'cli/aws',
  'cli/facts',
  'cli/checks',
  'infra/custom-resources',
]

const compared =
  /\b(?:\w*[sS]tate|\w*[sS]tatus|Reason|lastUpdate|StatusCode)\b(?:\.toLowerCase\(\))?(?:\?\.\w+)? (?:===|!==) '([^']+)'|\b[mM]etricName: '([^']+)'/g

const found = folders.flatMap(folder =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .flatMap(name =>
      [...readFileSync(`${folder}/${name}`, 'utf8').matchAll(compared)].map(([, state, metric]) => ({
        file: `${folder}/${name}`,
        word: state ?? metric ?? '',
      })),
    ),
)

it('every state and metric of AWS that the product compares with is documented', () => {
  expect(found.length).toBeGreaterThan(15)
  expect(found.filter(({ word }) => !(word in words) && !own.has(word))).toEqual([])
})

it('every page is one of AWS', () => {
  expect(Object.values(words).filter(page => !page.startsWith('https://docs.aws.amazon.com/'))).toEqual([])
})
