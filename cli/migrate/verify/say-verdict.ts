import type { SeenPath } from '../../facts/path-facts.ts'
import type { Examined } from './result.ts'

/** The verdict in one sentence: of the paths that were looked at, and no more than what was seen of them. */
export const sayVerdict = ({ outcome, paths, findings }: Pick<Examined, 'outcome' | 'paths' | 'findings'>): string => {
  if (outcome === 'failed') return 'Not every path is as it has to be.'
  if (outcome === 'waiting') {
    return findings.some(({ severity }) => severity === 'unknown')
      ? 'Nothing is wrong as far as could be seen, and not everything could.'
      : 'Nothing is wrong, and where the gateway goes is not proved yet.'
  }
  const nlb = paths.find(({ path }) => path === 'nlb')
  if (nlb === undefined) return 'The gateway reaches the writer, and the access log proves it.'
  if (nlb.sql?.kind === 'answered') return 'Both paths reach the writer, and the access log proves it of the gateway.'
  return `The gateway reaches the writer, and the access log proves it; the load balancer leads to ${isNamed(nlb) ? 'the database' : 'somebody who answers'}, and without a login nothing says that it is the writer.`
}

/** Its certificate has the database's name: any node of a cluster has one. */
const isNamed = ({ client }: SeenPath): boolean =>
  client.attempts.some(({ tls }) => tls?.kind === 'shaken' && tls.isTrusted && tls.nameMismatch === undefined)
