import { type Origin, percentOf, type Stage } from '../../infra/app/settings/stages.ts'
import type { MigrationFacts } from '../facts/migration-facts.ts'
import type { Side, Standing } from '../facts/standing.ts'
import { showStanding } from '../text/standing.ts'
import { type Judgement, notice, warning } from './finding.ts'

interface Said {
  readonly stage: Stage
  readonly from: Origin
  readonly percent?: number | undefined
}

/**
 * Where the settings and what is really there differ: a notice where the settings are one deployment ahead, a warning
 * where what is deployed is neither what they say nor what was before it.
 */
export const differences = ({ database, consumer, provider, consumerSide }: MigrationFacts): Judgement[] => [
  ...differenceOf('provider', provider.standing, database.gateway),
  ...(consumer === undefined || consumerSide === undefined
    ? []
    : differenceOf('consumer', consumerSide.standing, consumer.gateway)),
]

const differenceOf = (side: Side, standing: Standing, said: Said): Judgement[] => {
  if (standing.kind === 'between' || standing.kind === 'unknown') return []
  const there: Origin = standing.kind === 'new' ? 'new' : standing.stage
  const isSharing = side === 'consumer' && standing.kind === 'at' && standing.percent !== undefined
  const hasShare = !isSharing || standing.percent === percentOf(said.stage, said.percent)
  if (there === said.stage && hasShare) return []
  const found = standing.kind === 'new' ? 'nothing' : showStanding(standing)
  const isBehind = side === 'consumer' && isLess(standing, percentOf(said.stage, said.percent))
  if (there === said.from && there !== said.stage) {
    return [
      notice(
        `The settings say ${said.stage} (from ${said.from}) for the ${side}; ${found} is there: not deployed yet.`,
        isBehind ? bothChoices(said) : 'Deploy it, or take the settings back.',
      ),
    ]
  }
  // From `nlb` is also what the settings assume where nobody said anything.
  if (there === 'new' && said.stage === 'nlb') {
    return [notice(`The ${side}'s stack is not deployed: nothing of it is there.`, 'Deploy it.')]
  }
  const say = `Say in the settings what is there: ${sayIn(standing)}; or deploy what they say.`
  const weights = `Weights were moved since the last deployment. The next deployment is refused or moves them back, unless the settings say what is live: ${sayIn(standing)}.`
  return [
    warning(
      `The settings say ${showStanding(ofSettings(said))} (from ${said.from}) for the ${side}, and ${found} is there.`,
      isBehind ? bothChoices(said) : side === 'consumer' && standing.kind === 'at' ? weights : say,
    ),
  ]
}

/** The gateway's share now; nobody comes through a consumer that is new. */
const isLess = (standing: Standing, share: number): boolean =>
  standing.kind === 'at' && (standing.percent ?? percentOf(standing.stage, undefined)) < share

/**
 * Settings that are ahead are a step that is to come, or one that was taken back in Route 53 alone. After a rollback a
 * deployment would undo it, and nothing but people know which it is.
 */
const bothChoices = ({ stage, percent }: Said): string =>
  `Deploying moves ${percentOf(stage, percent)} % of new connections to the gateway. Where that is meant, \`repoint migrate shift ${percentOf(stage, percent)}\` does it with its checks. Where somebody has gone back, \`repoint migrate rollback --apply\` makes the settings say what is live.`

const ofSettings = ({ stage, percent }: Said): Standing => ({
  kind: 'at',
  stage,
  ...(percent === undefined ? {} : { percent }),
})

const sayIn = (standing: Standing): string => {
  if (standing.kind !== 'at') return '"stage": "nlb", "from": "new"'
  const share = standing.stage === 'shift' ? `, "percent": ${standing.percent}` : ''
  return `"stage": "${standing.stage}", "from": "${standing.stage}"${share}`
}
