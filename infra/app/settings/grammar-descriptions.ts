/**
 * What editors show of the settings that are the function's own grammar. Its schemas carry no sentences of their own:
 * they are loaded by each cold start.
 */
export const grammarDescriptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  watch: {
    startedMs: 'For how long a started failover is followed inside one run. Milliseconds.',
    completedMs: 'For how long a completed one is followed: the DNS may still change. Milliseconds.',
    rebootMs: 'For how long a restart is followed. Milliseconds.',
    healthyMs: 'For how long a run waits for the new target’s health, which it reports. Milliseconds.',
  },
  settle: {
    answers: 'So many answers have to agree before a registration is removed.',
    intervalMs: 'Time between two looks of a watch. Milliseconds.',
    spanMs: 'Over so long they have to agree: longer than the DNS’s TTL. Milliseconds.',
    flapMs: 'For so long an endpoint may alternate between two writers: longer than is known of Aurora. Milliseconds.',
    readLagMs: 'For so long a read of AWS may not show a write of ours. Milliseconds.',
    bothHealthyMs: 'standby: after so long a second healthy address is another database’s. Milliseconds.',
  },
}
