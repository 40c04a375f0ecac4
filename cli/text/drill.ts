import type { DrillPlan } from '../drill/intent.ts'
import { inline } from '../terminal.ts'

/** What a drill will do and what it will cost, before anybody says yes. */
export const showIntent = (plan: DrillPlan): string => {
  const { database, cause, doors, probesEndpoint, everyMs, probesTcp, sql, isWatching } = plan
  const clients = [...(probesTcp ? ['TCP'] : []), ...(sql === undefined ? [] : ['SQL'])].join(' and ')
  const rows = sql?.table === undefined ? '' : `, and writes rows to ${sql.table} which it deletes at the end`
  const places = [
    ...doors.map(({ place }) => place),
    ...(probesEndpoint ? [{ host: database.endpoint, port: database.port }] : []),
  ]
  return [
    inline(`This ${cause.does}.`),
    inline(
      `It probes ${places.map(({ host, port }) => `${host}:${port}`).join(' and ')} every ${everyMs} ms by ${clients}${rows}.`,
    ),
    ...(isWatching
      ? []
      : [
          `It costs an outage: every open connection breaks, and what was not committed is lost. The database itself is away for 20 s to 2 min; ${doors.some(({ kind }) => kind === 'nlb') ? 'through a load balancer with the strategy swap new connections fail for 2 to 6 min, with standby or weighted for little more than the database.' : 'how soon the gateway follows AWS does not say, and this measures it.'}`,
          'AWS charges nothing for a failover; the API calls and log lines of a drill cost less than a cent.',
        ]),
  ].join('\n')
}
