import type { Answer } from '../../../functions/reconciler/core/model.ts'
import type { Dns } from '../../../functions/reconciler/ports.ts'
import { type Judgement, notice, ok, problem, warning } from '../../doctor/finding.ts'
import { sources } from '../../doctor/sources.ts'
import type { Lookups, Verified, WayName } from './facts.ts'

/** Asks for a name so many times, and counts by the way that the answer leads. */
export const countLookups = async (
  dns: Dns,
  name: string,
  { times, addresses }: { times: number; addresses: Readonly<Record<WayName, readonly string[]>> },
): Promise<Lookups> => {
  const answers: Answer[] = []
  for (let asked = 0; asked < times; asked++) answers.push(await dns.resolve(name))
  return tally(name, answers, addresses)
}

export const tally = (
  name: string,
  answers: readonly Answer[],
  addresses: Readonly<Record<WayName, readonly string[]>>,
): Lookups => {
  const led = { nlb: 0, gateway: 0 }
  const elsewhere = new Set<string>()
  let unanswered = 0
  for (const answer of answers) {
    if (answer.kind === 'none' || answer.addresses.length === 0) {
      unanswered++
      continue
    }
    const way = (['nlb', 'gateway'] as const).find(it => answer.addresses.every(ip => addresses[it].includes(ip)))
    if (way === undefined) elsewhere.add(answer.addresses.join(', '))
    else led[way]++
  }
  return { name, asked: answers.length, led, elsewhere: [...elsewhere], unanswered, answers }
}

/** Of so many lookups, how far from the expected number chance leads in one case of some ten thousand. */
const surprising = 4

/** What lookups gave, against the weights of the hosted zone. */
export const judgeLookups = (lookups: Lookups, weights: Verified['weights']): Judgement[] => {
  const { name, asked, led, elsewhere, unanswered } = lookups
  if (lookups.isFromElsewhere && (elsewhere.length > 0 || unanswered > 0)) {
    return [
      notice(
        `What ${name} means to the consumer is not known: ${elsewhere.join('; ') || 'nothing'} is what it means here, outside its VPC.`,
        'Name its resolver with --dns, or run this where a client runs.',
      ),
    ]
  }
  const found = `${asked} lookups of ${name}: ${led.nlb} led to the load balancer, ${led.gateway} to the gateway`
  if (elsewhere.length > 0) {
    return [
      problem(
        `${name} leads to ${elsewhere.join('; ')} here, which is neither way.`,
        'Look it up where a client does: in the consumer’s VPC, or name its resolver with --dns. In the VPC, see that the hosted zone is associated and that no other zone has a longer name.',
        sources.hostedZones,
      ),
    ]
  }
  if (unanswered === asked) {
    return [
      problem(
        `${name} does not resolve here.`,
        'Run this where a client runs, or name the consumer’s resolver with --dns.',
        sources.hostedZones,
      ),
    ]
  }
  const own =
    unanswered > 0 ? [warning(`${unanswered} of ${asked} lookups got no answer.`, 'Look at the resolver.')] : []
  const total = (weights?.nlb ?? 0) + (weights?.gateway ?? 0)
  if (weights === undefined || total === 0) return [...own, notice(`${found}; the zone’s weights are not known.`)]
  const share = (weights.gateway ?? 0) / total
  const answered = led.nlb + led.gateway
  const said = `${found}; the weights say ${weights.nlb ?? 0} to ${weights.gateway ?? 0}`
  const isOff = (share === 0 && led.gateway > 0) || (share === 1 && led.nlb > 0)
  if (isOff) {
    return [
      ...own,
      warning(
        `${said}: none should have gone there.`,
        'A resolver may still have the answer from before (the TTL is the endpoint’s, about a minute); look again. If it stays, another zone of the same name answers here.',
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
