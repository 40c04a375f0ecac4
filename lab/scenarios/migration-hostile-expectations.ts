import { type BothPaths, peopleMoments, type Said, type Tried } from './migration-people.ts'
import { seconds } from './run-queries.ts'
import type { Expectation, RunRecord } from './scenario.ts'

export const hostileMoments = {
  flapBegins: 'The gateway begins to drop connections now and then',
  flapEnds: 'The gateway drops nothing any more',
  stands: 'How weights and settings stand',
  gone: 'All new connections are back on the load balancer',
} as const

interface Standing extends BothPaths {
  readonly who: string
  readonly code: number | 'killed'
  readonly settings: Said
}

/** Of the command line; docs/cli.md has them all. */
const exitCodes = { ok: 0, refused: 5, findings: 6 } as const

/** How each command ended and what it left, in the order of the play: the share that is live, and the one in the settings. */
const ends: readonly (readonly [who: string, code: Standing['code'], live: number, stage: string])[] = [
  ['watch', exitCodes.findings, 0, 'shadow'],
  ['shift without a new verify', exitCodes.refused, 0, 'shadow'],
  ['shift', exitCodes.ok, 50, 'shift'],
  ['the killed rollback', 'killed', 50, 'shadow'],
  ['the rollback, made again', exitCodes.ok, 0, 'shadow'],
  ['a second operator', exitCodes.ok, 10, 'shift'],
  ['watch, overtaken', exitCodes.refused, 10, 'shift'],
  ['the last rollback', exitCodes.ok, 0, 'shadow'],
]

/** What the guard is to say, or that it lets the deployment through. */
const deployments: readonly (readonly [what: string, says: string | undefined])[] = [
  ['settings that are older than the rollback', 'from 0 % to 50 %'],
  ['the settings of now', undefined],
  ['the share that is live', undefined],
  ['a larger share after the killed rollback', 'from 50 % to 75 %'],
  ['what is deployed already, after the killed rollback', undefined],
  ['what is deployed already, after the rollback', undefined],
  ['a larger share, while two move the weights', 'from 10 % to 75 %'],
  ['the settings in the end', undefined],
]

const isAsSaid = (tried: Tried | undefined, says: string | undefined): boolean =>
  tried !== undefined && (says === undefined ? tried.why === undefined : tried.why?.includes(says) === true)

export const hostileExpectations = ({ moments, client }: RunRecord): Expectation[] => {
  const of = <Fields>(what: string) => moments.filter(moment => moment.what === what).map(it => it.fields as Fields)
  const at = (what: string) => moments.find(moment => moment.what === what)?.atMs
  const tried = of<Tried>(peopleMoments.deploys)
  const stands = of<Standing>(hostileMoments.stands)
  const left = of<{ who: string; gateway: number }>(hostileMoments.gone)
  const [begun, ended] = [at(hostileMoments.flapBegins), at(hostileMoments.flapEnds)]
  const outages = Object.values(client.connections).flatMap(it => it.outages)
  const stray = outages.filter(
    ({ fromMs }) => begun === undefined || ended === undefined || fromMs < begun || fromMs > ended,
  )
  const raised = tried.filter(({ before, after }) => after.gateway > before.gateway)
  return [
    {
      what: 'no deployment raises the share of the gateway, whatever file it is of',
      holds: tried.length === deployments.length && raised.length === 0,
      found: raised.map(({ what }) => what).join('; ') || `${tried.length} deployments`,
    },
    {
      what: 'the guard refuses the shares that are not live, and lets the others through',
      holds: deployments.every(([what, says]) =>
        isAsSaid(
          tried.find(it => it.what === what),
          says,
        ),
      ),
      found: tried.map(({ what, why }) => `${what}: ${why?.slice(0, 110) ?? 'let through'}`).join('; '),
    },
    {
      what: 'every command ends as it should, and leaves these weights and settings',
      holds:
        stands.length === ends.length &&
        ends.every(([who, code, live, stage]) =>
          stands.some(it => it.who === who && it.code === code && it.gateway === live && it.settings.stage === stage),
        ),
      found: stands
        .map(({ who, code, gateway, settings }) => `${who}: ${code}, live ${gateway} %, settings ${settings.stage}`)
        .join('; '),
    },
    {
      what: 'after each rollback no new connection comes through the gateway',
      holds: left.length === 3 && left.every(({ gateway }) => gateway === 0),
      found: left.map(({ who, gateway }) => `${who}: ${gateway}`).join(', '),
    },
    {
      what: 'clients meet what the gateway drops',
      holds: outages.length > stray.length,
      found: `${outages.length - stray.length} times`,
    },
    {
      what: 'nothing fails but through the gateway, while it drops connections',
      holds: stray.length === 0,
      ...(stray.length > 0 ? { found: `at ${stray.map(({ fromMs }) => seconds(fromMs)).join(', ')}` } : {}),
    },
  ]
}
