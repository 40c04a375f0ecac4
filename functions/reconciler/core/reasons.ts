/**
 * Why an invocation ended as it did. One closed list: the same string is log field, metric dimension, CLI text and
 * runbook heading (a test holds list and runbook together).
 */
export const reasons = {
  'already-in-sync': 'in-sync',
  'no-move-seen': 'in-sync',
  'failover-selected': 'in-sync',
  'partner-disproved': 'in-sync',
  'failover-followed': 'repointed',
  'drift-corrected': 'repointed',
  'foreign-removed': 'repointed',
  'first-registration': 'repointed',
  'members-kept': 'repointed',
  'writer-unknown': 'waiting',
  'writer-ambiguous': 'waiting',
  'writer-unsettled': 'waiting',
  'evidence-disagrees': 'waiting',
  'target-not-healthy': 'waiting',
  'partner-unproved': 'waiting',
  'no-reader': 'waiting',
  'members-unknown': 'waiting',
  throttled: 'waiting',
  'aws-unreachable': 'waiting',
  'other-database': 'held',
  paused: 'held',
  'dry-run': 'held',
  'add-only': 'held',
  'address-not-allowed': 'refused',
  'owner-disproved': 'refused',
  'owner-unproved': 'refused',
  'target-not-in-use': 'refused',
} as const satisfies Record<string, Outcome>

export type Outcome = 'in-sync' | 'repointed' | 'waiting' | 'held' | 'refused'

export type Reason = keyof typeof reasons

export const outcomeOf = (reason: Reason): Outcome => reasons[reason]
