import { type Lookups, longestTtlMs } from '../facts/name-lookups.ts'
import type { ZoneFacts } from '../facts/zone-records.ts'
import { type Judgement, notice, ok, problem, warning } from './finding.ts'
import { sources } from './sources.ts'

/** Every answer led to a path that the weights send nobody to. */
export const wentAllWrong = ({ led, elsewhere }: Lookups, weights: ZoneFacts['weights'] | undefined): boolean => {
  const share = shareOf(weights)
  if (elsewhere.length > 0 || led.nlb + led.gateway === 0) return false
  return (share === 0 && led.nlb === 0) || (share === 1 && led.gateway === 0)
}

/** The gateway's share of new connections, from 0 to 1; `undefined` where the weights do not say. */
const shareOf = (weights: ZoneFacts['weights'] | undefined): number | undefined => {
  const total = (weights?.nlb ?? 0) + (weights?.gateway ?? 0)
  return total === 0 ? undefined : (weights?.gateway ?? 0) / total
}

/** Of so many lookups, how far from the expected number chance leads in one case of some ten thousand. */
const surprising = 4

/** What lookups gave, against the weights of the hosted zone; of a path that was not seen, the addresses are not known. */
export const judgeLookups = (
  lookups: Lookups,
  weights: ZoneFacts['weights'] | undefined,
  isPathUnseen = false,
): Judgement[] => {
  const { name, asked, led, elsewhere, unanswered } = lookups
  if (lookups.isFromElsewhere && (elsewhere.length > 0 || unanswered > 0)) {
    return [
      notice(
        `What ${name} means to the consumer is not known: ${elsewhere.join('; ') || 'nothing'} is what it means here, outside its VPC.`,
        'Name its resolver with --dns, or run this where a client runs.',
      ),
    ]
  }
  const found = `${asked} ${asked === 1 ? 'lookup' : 'lookups'} of ${name}: ${led.nlb} led to the load balancer, ${led.gateway} to the gateway`
  if (elsewhere.length > 0 && isPathUnseen) {
    return [
      {
        severity: 'unknown',
        fact: `${name} leads to ${elsewhere.join('; ')} here, which may be the path that was not looked at.`,
      },
    ]
  }
  if (elsewhere.length > 0) {
    return [
      problem(
        `${name} leads to ${elsewhere.join('; ')} here, which is neither path.`,
        "Look it up where a client does: in the consumer's VPC, or name its resolver with --dns. In the VPC, see that the hosted zone is associated and that no other zone has a longer name.",
        sources.hostedZones,
      ),
    ]
  }
  if (unanswered === asked) {
    return [
      problem(
        `${name} does not resolve here.`,
        "Run this where a client runs, or name the consumer's resolver with --dns.",
        sources.hostedZones,
      ),
    ]
  }
  const own =
    unanswered > 0 ? [warning(`${unanswered} of ${asked} lookups got no answer.`, 'Look at the resolver.')] : []
  const share = shareOf(weights)
  if (weights === undefined) return [...own, notice(`${found}; the zone's weights are not known.`)]
  if (share === undefined) return [...own, notice(`${found}; neither of the zone's records has a weight above 0.`)]
  const answered = led.nlb + led.gateway
  const said = `${found}; the weights say ${weights.nlb ?? 0} to ${weights.gateway ?? 0}`
  if (wentAllWrong(lookups, weights)) return [...own, judgeAllWrong(said, lookups)]
  const isOff = (share === 0 && led.gateway > 0) || (share === 1 && led.nlb > 0)
  if (isOff) {
    return [
      ...own,
      warning(
        `${said}: none should have gone there.`,
        "A resolver may still have the answer from before (the TTL is the endpoint's, about a minute); look again. If it stays, another zone of the same name answers here.",
        sources.hostedZones,
      ),
    ]
  }
  const deviation = Math.abs(led.gateway - answered * share)
  if (deviation > surprising * Math.sqrt(answered * share * (1 - share)) + 1e-9) {
    return [
      ...own,
      notice(
        `${said}. A resolver keeps an answer for its TTL, so lookups close to each other give the same one: weights hold for many clients over time.`,
      ),
    ]
  }
  return [...own, ok(`${said}.`)]
}

const judgeAllWrong = (said: string, lookups: Lookups): Judgement =>
  lookups.isPastTtl
    ? problem(
        `${said}: none should have gone there, and what resolvers kept from before has run out.`,
        "Another zone of the same name answers here, or a record leads to the other path's endpoint: `repoint migrate preflight` looks at both.",
        sources.hostedZones,
      )
    : {
        severity: 'unknown',
        fact: `${said}: none should have gone there. A resolver may keep the answer from before for ${longestTtlMs(lookups) / 1_000} s more.`,
        remedy: 'Verify again after that, or with a longer --log-wait, which then waits for it.',
        source: sources.hostedZones,
      }
