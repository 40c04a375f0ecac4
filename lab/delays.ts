/**
 * How long things take, each with where the figure comes from. Milliseconds of scenario time. Where AWS publishes a
 * range, the value lies inside it and the source says the range.
 */
export interface Delay {
  readonly value: number
  readonly source: string
}

const observed = 'a published log of one Multi-AZ failover (PostgreSQL 16, m6g.large, probe every 250 ms)'
const auroraTest = 'a published Aurora PostgreSQL failover test with a 1 s probe through the cluster endpoint'
const auroraMysql = 'ten manual Aurora MySQL failovers, https://github.com/TeiNam/teinam.github.io'
const reboot = 'https://www.repost.aws/knowledge-center/rds-connections-reboot-failover'
const troubleshooting =
  'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html'

export const delays = {
  // Multi-AZ instance. Counted from the moment at which the writer's address goes silent.
  multiAzStartedEvent: { value: 150, source: `RDS-EVENT-0013, within 0.15 s of the last read: ${observed}` },
  multiAzHostReady: { value: 9_500, source: `the engine accepts on the new address, 9.4 s after 0013: ${observed}` },
  multiAzRestartedEvent: { value: 10_600, source: `RDS-EVENT-0006, 10.5 s after 0013: ${observed}` },
  multiAzDnsFlip: { value: 13_500, source: `clients were back 14.7 s after 0013 with a TTL of 5 s: ${observed}` },
  multiAzCompletedEvent: {
    value: 20_000,
    source: `RDS-EVENT-0049, 19.8 s after 0013 (3-42 s after the database is usable): ${observed}`,
  },
  multiAzLateDnsFlip: {
    value: 45_000,
    source:
      '"DNS propagation may take a few minutes" (RDS-EVENT-0015), https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html',
  },
  multiAzAvailable: {
    value: 60_000,
    source: 'status `available` 72-78 s after the call, 57-60 s after 0013, in published runbook timings',
  },
  multiAzZoneLag: {
    value: 240_000,
    source:
      'DescribeDBInstances.AvailabilityZone swaps 1-9 minutes late; "several minutes", https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RebootInstance.html',
  },
  rebootShutdownEvent: { value: 200, source: `RDS-EVENT-0004 comes first in a plain reboot: ${reboot}` },
  rebootDuration: { value: 10_000, source: 'plain reboot of PostgreSQL 7.8-13.8 s in published measurements' },
  rebootRestartedEvent: { value: 11_000, source: `RDS-EVENT-0006, 11 s after 0004: ${reboot}` },

  // Blue/green switchover, counted from when it begins; there is no published log of an instance's.
  blueGreenAccepts: {
    value: 7_400,
    source:
      'the new environment can be used 7.4 s after IN_PROGRESS, of an Aurora cluster, https://github.com/aws/aws-advanced-nodejs-wrapper, UsingTheBlueGreenPlugin.md',
  },
  blueGreenRenamed: {
    value: 38_500,
    source:
      'the blue DNS name leads elsewhere 38.5 s after IN_PROGRESS (30.7 and 31.2 s after the call elsewhere), of Aurora clusters: same page',
  },
  blueGreenCompletedEvent: {
    value: 67_000,
    source: `UNCONFIRMED when RDS-EVENT-0248 comes: waiting for the end of a switchover took 67 s, ${auroraMysql}`,
  },

  // The loss of an Availability Zone.
  zoneLossNoticed: {
    value: 10_000,
    source:
      "UNCONFIRMED how soon RDS gives a writer up whose zone is lost, the figure is the lab's; the failover itself 60-120 s, https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html",
  },
  zoneLossLasts: { value: 600_000, source: "the figure is the lab's: long enough to see that nothing waits for it" },

  // Aurora. Counted from RDS-EVENT-0073, which comes seconds before the first refused connection.
  auroraRefused: { value: 8_000, source: `connections are refused 8 s after 0073: ${auroraTest}` },
  auroraStarting: { value: 11_000, source: `"starting up" 11 s after 0073: ${auroraTest}` },
  auroraOldWriterReads: {
    value: 12_000,
    source: `read-only errors from 12 s after 0073, the old writer is back as reader: ${auroraTest}`,
  },
  auroraNewWriterReady: {
    value: 14_000,
    source: `the new writer's RDS-EVENT-0006 came 10.9 s after 0073 in one report, writes succeeded at 17 s in another: ${auroraTest}`,
  },
  auroraNewWriterRestartedEvent: { value: 14_500, source: `RDS-EVENT-0006 of the new writer: ${auroraTest}` },
  auroraDnsFlip: {
    value: 17_000,
    source: `writes succeed through the cluster endpoint 17 s after 0073: ${auroraTest}`,
  },
  auroraLateDnsFlip: {
    value: 30_000,
    source: `the endpoint flipped 30.1 s after the call while 0071 came 8.3 s after 0073: ${auroraMysql}`,
  },
  auroraOldWriterRestartedEvent: {
    value: 23_200,
    source: 'RDS-EVENT-0006 of the old writer 23.2 s after 0073, an Aurora PostgreSQL incident report of 2026',
  },
  auroraCompletedEvent: {
    value: 25_000,
    source: `RDS-EVENT-0071, 25 s after 0073 (6.4-38.4 s elsewhere): ${auroraTest}`,
  },
  auroraWriterFlagLag: {
    value: 30_000,
    source:
      'IsClusterWriter is "also not current", https://github.com/aws/aws-advanced-jdbc-wrapper/issues/273; the figure is the lab\'s',
  },
  auroraAvailable: { value: 44_000, source: 'cluster `available` 44 s after the call, a published Aurora MySQL run' },
  auroraFlapping: {
    value: 25_000,
    source: 'the endpoint alternates old and new for 20-30 s, https://github.com/awslabs/aws-mysql-jdbc/issues/377',
  },
  auroraFlapInterval: {
    value: 4_000,
    source: "several flips in 20-30 s, https://github.com/awslabs/aws-mysql-jdbc/issues/377; the interval is the lab's",
  },

  // Events and DNS.
  eventDelivery: {
    value: 1_000,
    source: 'a function logged a stop event within 2 s; no distribution is published, plan for 0-300 s',
  },
  eventDuplicate: {
    value: 3_000,
    source:
      "a rule may run more than once for one event, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html; the figure is the lab's",
  },
  eventLate: {
    value: 60_000,
    source:
      'notifications "might take up to five minutes", https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.overview.html',
  },
  dnsTtl: {
    value: 5_000,
    source:
      'TTL of RDS zones, https://aws.amazon.com/blogs/database/improve-application-availability-on-amazon-aurora/',
  },

  // Network Load Balancer.
  nlbRegistration: {
    value: 120_000,
    source:
      '90-180 s (maintainer) to 180-300 s (AWS Support) before the first probe, https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1834',
  },
  nlbDeregistration: {
    value: 120_000,
    source:
      'new connections arrive for about 120 s after the call, https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2366',
  },
  nlbHealthCheckInterval: {
    value: 10_000,
    source: `HealthCheckIntervalSeconds as Repoint deploys it for swap (5-300): ${troubleshooting}`,
  },
  nlbHealthCheckIntervalOfPairs: {
    value: 5_000,
    source: `HealthCheckIntervalSeconds as Repoint deploys it for standby and weighted (5-300): ${troubleshooting}`,
  },
  nlbHealthCheckTimeout: {
    value: 5_000,
    source: `HealthCheckTimeoutSeconds as Repoint deploys it (2-120): ${troubleshooting}`,
  },
  nlbUnhealthyOutOfRouting: {
    value: 35_000,
    source:
      'new connections stop 30-40 s after a target is marked unhealthy, https://github.com/aws/containers-roadmap/issues/470',
  },
  nlbWeightChange: {
    value: 75_000,
    source:
      'UNCONFIRMED for weights ("a short period of time"); targets of a replaced group got connections for about 75 s more in one report, https://github.com/aws/containers-roadmap/issues/470',
  },

  // Resource gateway and endpoints (VPC Lattice), and the consumer's DNS.
  gatewayKeptAnswer: {
    value: 0,
    source:
      'UNCONFIRMED: no statement of AWS on how long a resource gateway goes by an old answer; resolved at each connection according to https://docs.polytomic.com/docs/postgresql-connecting-through-aws-privatelink',
  },
  gatewayIdle: { value: 350_000, source: 'https://docs.aws.amazon.com/vpc-lattice/latest/ug/quotas.html' },
  gatewayAccessLog: {
    value: 90_000,
    source:
      '"typically within 2 minutes", https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-access-logs.html',
  },
  endpointNameTtl: {
    value: 60_000,
    source: 'UNCONFIRMED: an alias answers with its target’s TTL, and no page says that of an endpoint’s name',
  },
  route53Change: {
    value: 60_000,
    source:
      '"within 60 seconds", https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html',
  },

  // Lambda.
  lambdaFirstRetry: {
    value: 60_000,
    source:
      'function error: second attempt after one minute, https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html',
  },
  lambdaSecondRetry: {
    value: 120_000,
    source:
      'function error: third attempt two minutes later, https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html',
  },
  lambdaThrottleBackoff: {
    value: 1_000,
    source:
      'throttled asynchronous events are retried after 1 s, doubling to 5 minutes, https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html',
  },
  lambdaThrottleBackoffMax: {
    value: 300_000,
    source:
      'throttled asynchronous events are retried after 1 s, doubling to 5 minutes, https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html',
  },
} as const satisfies Record<string, Delay>

export type DelayName = keyof typeof delays

/** How many probes in a row decide. */
export const thresholds = {
  nlbHealthy: { value: 2, source: `HealthyThresholdCount as Repoint deploys it (2-10): ${troubleshooting}` },
  nlbUnhealthy: { value: 2, source: `UnhealthyThresholdCount as Repoint deploys it (2-10): ${troubleshooting}` },
} as const satisfies Record<string, Delay>
