import { sayDuration } from '../../report/chart/window.ts'
import { sayDifference } from '../../report/compare.ts'
import { figuresOf } from '../../report/measure.ts'
import type { SeenPath } from '../facts/path-facts.ts'
import type { DrilledPaths } from '../migrate/verify/drill-paths.ts'
import type { Examined } from '../migrate/verify/result.ts'
import type { Output } from '../output.ts'
import { inlineAll } from '../terminal.ts'
import { showFindings } from './findings.ts'
import { pathTitles } from './path-titles.ts'
import { sentence, showProof } from './proof-sentence.ts'
import { showTable } from './table.ts'

/** Verdict first, then the paths beside each other, then what was found. */
export const showVerified = (examined: Examined, out: Output, isVerbose = false): string => {
  const { paths, title, outcome, findings, proof, lookups, weights, later } = inlineAll(examined)
  const { paint, width } = out
  const style = outcome === 'passed' ? 'green' : outcome === 'failed' ? 'red' : 'yellow'
  return [
    `${paint(['bold', style], outcome.toUpperCase())}  ${sayVerdict(examined)}`,
    ...(proof === undefined ? [] : [sentence(showProof(proof))]),
    '',
    showTable({
      head: ['', ...paths.map(({ path }) => pathTitles[path])],
      rows: rows.map(([name, say]) => [name, ...paths.map(say)]),
    }),
    '',
    sayLookups(lookups, weights),
    '',
    showFindings(title, findings, { paint, width, isVerbose }),
    ...(later === undefined ? [] : ['', `Look later, by Logs Insights: ${later.insights}`, `or: ${later.command}`]),
  ].join('\n')
}

const rows: readonly (readonly [string, (look: SeenPath) => string])[] = [
  ['Endpoint', ({ endpointId }) => endpointId],
  [
    'Addresses',
    ({ client }) => (client.addresses.kind === 'found' ? client.addresses.ips.join(' ') : client.addresses.why),
  ],
  [
    'TCP',
    ({ client }) =>
      client.attempts.map(({ tcp }) => (tcp.kind === 'connected' ? `${tcp.ms} ms` : tcp.code)).join(' ') || '-',
  ],
  ["Certificate's name", sayName],
  [
    'Writer',
    ({ sql }) => (sql === undefined ? 'not asked' : sql.kind === 'failed' ? sql.error : sql.isWriter ? 'yes' : 'NO'),
  ],
  ['Server', ({ sql }) => (sql?.kind === 'answered' ? (sql.server ?? 'does not say') : '-')],
]

const sayLookups = ({ asked, led }: Examined['lookups'], weights: Examined['weights']): string =>
  `Lookups of the database's own name: ${led.nlb} to the load balancer, ${led.gateway} to the gateway, of ${asked}${weights === undefined ? '' : ` (weights ${weights.nlb ?? 0} to ${weights.gateway ?? 0})`}.`

function sayName({ client }: SeenPath): string {
  const said = client.attempts.map(({ tls }) => {
    if (tls === undefined) return '-'
    if (tls.kind !== 'shaken') return tls.kind === 'not-offered' ? 'no TLS' : 'no handshake'
    if (tls.nameMismatch !== undefined) return 'WRONG'
    return tls.isTrusted ? 'right' : 'right, issuer not judged'
  })
  return [...new Set(said)].join(', ') || '-'
}

/** The drill's verdict on the path through the gateway, its outages beside the load balancer's where that was drilled too. */
export const showDrilled = (drilled: DrilledPaths, out: Output): string => {
  const { outcome, outages, checks, gateway, nlb } = inlineAll(drilled)
  const { paint } = out
  const style = outcome === 'passed' ? 'green' : outcome === 'failed' ? 'red' : 'yellow'
  const sign = (holds: boolean | undefined) =>
    holds === undefined ? paint('yellow', 'NOT YET') : holds ? paint('green', 'kept   ') : paint('red', 'BROKEN ')
  // The gateway's record has these checks among its own, where what is not known yet counts as broken.
  const pending = new Set(checks.map(({ what }) => what))
  const all = [...gateway.verdict.checks.filter(({ what }) => !pending.has(what)), ...checks]
  return [
    `${paint(['bold', style], outcome.toUpperCase())}  The drill on the path through the gateway${nlb ? ` (load balancer's: ${nlb.verdict.outcome})` : ''}.`,
    '',
    ...all.map(
      ({ what, holds, found }) => `  ${sign(holds)}  ${what}${found === undefined ? '' : paint('dim', `  (${found})`)}`,
    ),
    '',
    nlb ? showSideBySide(outages) : showOutages(gateway),
  ].join('\n')
}

const showSideBySide = (outages: DrilledPaths['outages']): string =>
  showTable({
    head: ['Longest outage', pathTitles.nlb, pathTitles.gateway, 'gateway is'],
    rows: outages.map(({ name, nlbMs, gatewayMs, isDown }) => [
      name,
      `${sayDuration(nlbMs)}${isDown.nlb ? ', still down' : ''}`,
      `${sayDuration(gatewayMs)}${isDown.gateway ? ', still down' : ''}`,
      sayDifference({ name, before: nlbMs, after: gatewayMs }),
    ]),
  })

const showOutages = ({ probes, endedMs }: DrilledPaths['gateway']): string =>
  showTable({
    head: ['Longest outage', pathTitles.gateway],
    rows: probes
      .filter(({ path }) => path === 'front-door')
      .map(probe => {
        const { longestOutageMs, isDown } = figuresOf(probe, endedMs)
        return [probe.name, `${sayDuration(longestOutageMs)}${isDown ? ', still down' : ''}`]
      }),
  })

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
