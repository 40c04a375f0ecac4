import { expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { judgeLookups, wentAllWrong } from '../../../cli/checks/hosted-name.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { Lookups } from '../../../cli/facts/name-lookups.ts'
import type { ZoneFacts } from '../../../cli/facts/zone-records.ts'

/** So many lookups that led to the load balancer and to the gateway, and all that got an answer. */
const led = (nlb: number, gateway: number, changes: Partial<Lookups> = {}): Lookups => ({
  name: 'db.example.com',
  asked: nlb + gateway,
  led: { nlb, gateway },
  elsewhere: [],
  unanswered: 0,
  answers: [{ kind: 'addresses', addresses: ['10.1.1.40'], ttlSeconds: 60, chain: [] }],
  ...changes,
})
const weigh = (nlb?: number, gateway?: number): ZoneFacts['weights'] => ({
  ...(nlb === undefined ? {} : { nlb }),
  ...(gateway === undefined ? {} : { gateway }),
})
const allNlb = weigh(100, 0)
const allGateway = weigh(0, 100)

it.each<[string, Lookups, ZoneFacts['weights'] | undefined, boolean]>([
  ['all to the gateway, which has no weight', led(0, 20), allNlb, true],
  ['all to the load balancer, which has no weight', led(20, 0), allGateway, true],
  ['all to the load balancer, which has no record', led(20, 0), weigh(undefined, 100), true],
  ['all to the gateway, which has no record', led(0, 20), weigh(100), true],
  ['one of them right', led(1, 19), allNlb, false],
  ['one of them right, the other way', led(19, 1), allGateway, false],
  ['all right', led(20, 0), allNlb, false],
  ['all right on the gateway', led(0, 20), allGateway, false],
  ['all to one path of two that have weight', led(0, 20), weigh(99, 1), false],
  ['all to the other path of two that have weight', led(20, 0), weigh(1, 99), false],
  ['some elsewhere', led(0, 20, { elsewhere: ['10.0.1.10'] }), allNlb, false],
  ['nowhere', led(0, 0, { asked: 20, unanswered: 20 }), allNlb, false],
  ['to one path without known weights', led(0, 20), undefined, false],
  ['to one path of two without weight', led(0, 20), weigh(0, 0), false],
])('lookups that led %s: went all wrong is %4$s', (_, lookups, weights, is) => {
  expect(wentAllWrong(lookups, weights)).toBe(is)
})

const found = (lookups: string, nlb: number, gateway: number) =>
  `${lookups} of db.example.com: ${nlb} led to the load balancer, ${gateway} to the gateway`
const unanswered = (texts: string) => warning(`${texts} lookups got no answer.`, 'Look at the resolver.')
const keeps =
  'A resolver keeps an answer for its TTL, so lookups close to each other give the same one: weights hold for many clients over time.'
const lumps = (nlb: number, gateway: number, said: string) =>
  notice(`${found(`${nlb + gateway} lookups`, nlb, gateway)}; the weights say ${said}. ${keeps}`)
const agrees = (nlb: number, gateway: number, said: string) =>
  ok(`${found(`${nlb + gateway} lookups`, nlb, gateway)}; the weights say ${said}.`)
const strayed = (nlb: number, gateway: number, said: string) =>
  warning(
    `${found(`${nlb + gateway} lookups`, nlb, gateway)}; the weights say ${said}: none should have gone there.`,
    "A resolver may still have the answer from before (the TTL is the endpoint's, about a minute); look again. If it stays, another zone of the same name answers here.",
    sources.hostedZones,
  )
const noMeaning = (meaning: string) =>
  notice(
    `What db.example.com means to the consumer is not known: ${meaning} is what it means here, outside its VPC.`,
    'Name its resolver with --dns, or run this where a client runs.',
  )
const elsewhere = { elsewhere: ['10.0.1.10', '10.0.1.11, 10.0.1.12'] }

it.each<[string, Lookups, ZoneFacts['weights'] | undefined, Judgement[]]>([
  ['agree with all on the load balancer', led(20, 0), allNlb, [agrees(20, 0, '100 to 0')]],
  ['agree with all on the gateway', led(0, 20), allGateway, [agrees(0, 20, '0 to 100')]],
  ['agree with a load balancer without a second record', led(20, 0), weigh(100), [agrees(20, 0, '100 to 0')]],
  ['agree with a gateway without a second record', led(0, 20), weigh(undefined, 1), [agrees(0, 20, '0 to 1')]],
  ['are a single one', led(1, 0), allNlb, [ok(`${found('1 lookup', 1, 0)}; the weights say 100 to 0.`)]],
  // Of 100 lookups at 10 % four standard deviations are 12.
  ['agree as far as chance leads, above', led(78, 22), weigh(90, 10), [agrees(78, 22, '90 to 10')]],
  ['agree with a half as far as chance leads, below', led(70, 30), weigh(1, 1), [agrees(70, 30, '1 to 1')]],
  ['come in lumps beyond chance, above', led(77, 23), weigh(90, 10), [lumps(77, 23, '90 to 10')]],
  ['come in lumps beyond chance, below', led(71, 29), weigh(1, 1), [lumps(71, 29, '1 to 1')]],
  ['come in one lump of a share', led(0, 20), weigh(90, 10), [lumps(0, 20, '90 to 10')]],
  ['led once to a gateway without weight', led(19, 1), allNlb, [strayed(19, 1, '100 to 0')]],
  ['led once to a load balancer without weight', led(1, 19), allGateway, [strayed(1, 19, '0 to 100')]],
  [
    'led all wrong, and may be from before',
    led(0, 20),
    allNlb,
    [
      {
        severity: 'unknown',
        fact: `${found('20 lookups', 0, 20)}; the weights say 100 to 0: none should have gone there. A resolver may keep the answer from before for 60 s more.`,
        remedy: 'Verify again after that, or with a longer --log-wait, which then waits for it.',
        source: sources.hostedZones,
      },
    ],
  ],
  [
    'led all wrong after what resolvers kept has run out, and some got no answer',
    led(20, 0, { asked: 22, unanswered: 2, isPastTtl: true }),
    allGateway,
    [
      unanswered('2 of 22'),
      problem(
        `${found('22 lookups', 20, 0)}; the weights say 0 to 100: none should have gone there, and what resolvers kept from before has run out.`,
        "Another zone of the same name answers here, or a record leads to the other path's endpoint: `repoint migrate preflight` looks at both.",
        sources.hostedZones,
      ),
    ],
  ],
  [
    'agree, and some got no answer, which count neither way',
    led(10, 10, { asked: 60, unanswered: 40 }),
    weigh(50, 50),
    [unanswered('40 of 60'), ok(`${found('60 lookups', 10, 10)}; the weights say 50 to 50.`)],
  ],
  [
    'come in lumps, and one got no answer',
    led(0, 20, { asked: 21, unanswered: 1 }),
    weigh(90, 10),
    [unanswered('1 of 21'), notice(`${found('21 lookups', 0, 20)}; the weights say 90 to 10. ${keeps}`)],
  ],
  [
    'led once to a path without weight, and one got no answer',
    led(19, 1, { asked: 21, unanswered: 1 }),
    allNlb,
    [
      unanswered('1 of 21'),
      {
        ...strayed(19, 1, '100 to 0'),
        fact: `${found('21 lookups', 19, 1)}; the weights say 100 to 0: none should have gone there.`,
      },
    ],
  ],
  [
    'are told where the weights are not known',
    led(20, 0),
    undefined,
    [notice(`${found('20 lookups', 20, 0)}; the zone's weights are not known.`)],
  ],
  [
    'are told where no record has a weight, of which Route 53 gives any',
    led(12, 8, { asked: 21, unanswered: 1 }),
    weigh(0, 0),
    [
      unanswered('1 of 21'),
      notice(`${found('21 lookups', 12, 8)}; neither of the zone's records has a weight above 0.`),
    ],
  ],
  [
    'are told where the weights are not known and one got no answer',
    led(20, 0, { asked: 21, unanswered: 1 }),
    undefined,
    [unanswered('1 of 21'), notice(`${found('21 lookups', 20, 0)}; the zone's weights are not known.`)],
  ],
  [
    'led elsewhere',
    led(18, 0, { asked: 20, ...elsewhere }),
    allNlb,
    [
      problem(
        'db.example.com leads to 10.0.1.10; 10.0.1.11, 10.0.1.12 here, which is neither path.',
        "Look it up where a client does: in the consumer's VPC, or name its resolver with --dns. In the VPC, see that the hosted zone is associated and that no other zone has a longer name.",
        sources.hostedZones,
      ),
    ],
  ],
  [
    'got no answer',
    led(0, 0, { asked: 20, unanswered: 20 }),
    allNlb,
    [
      problem(
        'db.example.com does not resolve here.',
        "Run this where a client runs, or name the consumer's resolver with --dns.",
        sources.hostedZones,
      ),
    ],
  ],
  [
    "led elsewhere, outside the consumer's VPC",
    led(0, 0, { asked: 20, ...elsewhere, isFromElsewhere: true }),
    allNlb,
    [noMeaning('10.0.1.10; 10.0.1.11, 10.0.1.12')],
  ],
  [
    "got no answer, outside the consumer's VPC",
    led(19, 0, { asked: 20, unanswered: 1, isFromElsewhere: true }),
    allNlb,
    [noMeaning('nothing')],
  ],
  [
    "led to the paths, though asked outside the consumer's VPC",
    led(20, 0, { isFromElsewhere: true }),
    allNlb,
    [agrees(20, 0, '100 to 0')],
  ],
])('lookups of the name %s', (_, lookups, weights, expected) => {
  expect(judgeLookups(lookups, weights)).toEqual(expected)
})

it.each<[string, Lookups, Judgement[]]>([
  [
    'elsewhere may be that path',
    led(18, 0, { asked: 20, ...elsewhere }),
    [
      unknown(
        'db.example.com leads to 10.0.1.10; 10.0.1.11, 10.0.1.12 here, which may be the path that was not looked at.',
      ),
    ],
  ],
  ['the other path is judged as ever', led(20, 0), [agrees(20, 0, '100 to 0')]],
])('where a path was not seen, %s', (_, lookups, expected) => {
  expect(judgeLookups(lookups, allNlb, true)).toEqual(expected)
})
