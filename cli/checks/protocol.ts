import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, notice, ok } from './finding.ts'
import { sources } from './gateway-sources.ts'

/** The engine's own protocol is TCP; what some clients ask beside it is not. */
export const protocol: Check<PreflightFacts> = {
  name: 'tcp-only',
  question: 'Do clients need nothing but TCP?',
  judge: ({ database: { engine, port } }) => {
    if (engine !== 'sqlserver') return [ok(`${engine} speaks TCP on port ${port}; a gateway carries nothing else.`)]
    return [
      notice(
        `sqlserver speaks TCP on port ${port}; SQL Server Browser (UDP 1434), which finds named instances, does not come through a gateway.`,
        'Name the port in the connection string instead of an instance.',
        sources.configuration,
      ),
    ]
  },
}
