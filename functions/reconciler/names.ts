/** Names that the code emits and that alarms, dashboards, queries, the lab and the tests read. Declared once, here. */

export const metricNamespace = 'Repoint'

/** One count an invocation, by outcome; dimension sets `[Database]` and `[Database, Reason]`. */
export const outcomeMetrics = {
  'in-sync': 'InSync',
  repointed: 'Repointed',
  waiting: 'Waiting',
  held: 'Held',
  refused: 'Refused',
} as const

export const metrics = {
  ...outcomeMetrics,
  /** Milliseconds from the RDS event (or the invocation, where there was none) to the accepted RegisterTargets. */
  timeToRegistered: 'TimeToRegistered',
  /** Milliseconds from the same start to the first `healthy` of the writer's registration. */
  timeToHealthy: 'TimeToHealthy',
  /** 1 when the load balancer finds the writer healthy, 0 when not; every run that asked and could find out says it, a quiet run does not. */
  writerHealthy: 'WriterHealthy',
  /** The first invocation of an execution environment. */
  coldStart: 'ColdStart',
  /** An invocation that failed; Lambda's own `Errors` counts it too. */
  failed: 'Failed',
  /** A report that EventBridge did not take. */
  reportNotPublished: 'ReportNotPublished',
} as const

export const dimensions = { database: 'Database', reason: 'Reason' } as const

/** Constant sentences; everything that varies is a field. */
export const logMessages = {
  summary: 'Reconcile finished',
  failed: 'Reconcile failed',
  stepDone: 'Step done',
  retry: 'AWS asked us to wait',
  unreachable: 'AWS did not answer',
  writerMoved: 'Writer moved',
  notProved: 'Owner of the address not proved',
  reportNotPublished: 'Report not published',
  warning: 'Warning of Node or a library',
} as const

export const reportSource = 'repoint'

export const detailTypes = {
  repointed: 'Repoint Repointed',
  driftCorrected: 'Repoint Drift Corrected',
  waiting: 'Repoint Waiting',
  refused: 'Repoint Refused',
  targetHealthy: 'Repoint Target Healthy',
} as const

export type DetailType = (typeof detailTypes)[keyof typeof detailTypes]

export const configVariable = 'REPOINT_CONFIG'

/** The tag of a target group that remembers the pair of a Multi-AZ instance. */
export const pairTag = 'repoint:pair'
