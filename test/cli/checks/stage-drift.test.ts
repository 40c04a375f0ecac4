import { describe, expect, it } from 'vitest'
import { type Judgement, notice, warning } from '../../../cli/checks/finding.ts'
import { differences } from '../../../cli/checks/stage-drift.ts'
import type { Standing } from '../../../cli/facts/standing.ts'
import type { Origin, Stage } from '../../../infra/app/settings/stages.ts'
import { consumer, database, soundFacts } from '../migrate-facts.ts'

type Said = readonly [stage: Stage, from: Origin, percent?: number]
type Case = readonly [name: string, said: Said, standing: Standing, expected: Judgement[]]

const said = ([stage, from, percent]: Said) => ({ stage, from, ...(percent === undefined ? {} : { percent }) })
const at = (stage: Stage, percent?: number): Standing => ({
  kind: 'at',
  stage,
  ...(percent === undefined ? {} : { percent }),
})
const nothing: Standing = { kind: 'new' }
const between: Standing = { kind: 'between', odd: 'half of it is there', remedy: 'Deploy it again.' }
const unread: Standing = { kind: 'unknown', why: 'denied' }

const ahead = (fact: string, remedy = 'Deploy it, or take the settings back.') =>
  notice(`${fact} is there: not deployed yet.`, remedy)
const absent = (side: string) => notice(`The ${side}'s stack is not deployed: nothing of it is there.`, 'Deploy it.')
const say = (settings: string) => `Say in the settings what is there: ${settings}; or deploy what they say.`
const moved = (settings: string) =>
  `Weights were moved since the last deployment. The next deployment is refused or moves them back, unless the settings say what is live: ${settings}.`
const either = (percent: number) =>
  `Deploying moves ${percent} % of new connections to the gateway. Where that is meant, \`repoint migrate shift ${percent}\` does it with its checks. Where somebody has gone back, \`repoint migrate rollback --apply\` makes the settings say what is live.`

describe('the settings of a provider', () => {
  it.each<Case>([
    ['agree', ['shadow', 'nlb'], at('shadow'), []],
    ['agree where the share is the consumers’ matter', ['shift', 'shadow'], at('shift'), []],
    ['are ahead', ['shadow', 'nlb'], at('nlb'), [ahead('The settings say shadow (from nlb) for the provider; nlb')]],
    [
      'are ahead of the gateway, and deploying them moves no connection',
      ['gateway', 'shift'],
      at('shift'),
      [ahead('The settings say gateway (from shift) for the provider; shift')],
    ],
    [
      'are ahead of the first deployment',
      ['nlb', 'new'],
      nothing,
      [ahead('The settings say nlb (from new) for the provider; nothing')],
    ],
    [
      'are ahead of the first deployment with a gateway',
      ['shadow', 'new'],
      nothing,
      [ahead('The settings say shadow (from new) for the provider; nothing')],
    ],
    ['say where it was, and nothing is deployed', ['nlb', 'nlb'], nothing, [absent('provider')]],
    [
      'say shadow, and nothing is deployed',
      ['shadow', 'nlb'],
      nothing,
      [
        warning(
          'The settings say shadow (from nlb) for the provider, and nothing is there.',
          say('"stage": "nlb", "from": "new"'),
        ),
      ],
    ],
    [
      'differ from both',
      ['retired', 'gateway'],
      at('shadow'),
      [
        warning(
          'The settings say retired (from gateway) for the provider, and shadow is there.',
          say('"stage": "shadow", "from": "shadow"'),
        ),
      ],
    ],
    [
      'say nlb, and there is more',
      ['nlb', 'nlb'],
      at('shadow'),
      [
        warning(
          'The settings say nlb (from nlb) for the provider, and shadow is there.',
          say('"stage": "shadow", "from": "shadow"'),
        ),
      ],
    ],
    ['are not compared with something between', ['shadow', 'nlb'], between, []],
    ['are not compared with what is not known', ['shadow', 'nlb'], unread, []],
  ])('%s', (_, settings, standing, expected) => {
    const { consumer: __, ...facts } = soundFacts({
      database: { ...database, gateway: { ...database.gateway, ...said(settings) } },
      provider: { standing },
    })

    expect(differences(facts)).toEqual(expected)
  })
})

describe('the settings of a consumer', () => {
  it.each<Case>([
    ['agree at shadow', ['shadow', 'nlb'], at('shadow', 0), []],
    ['agree on the share', ['shift', 'shift', 25], at('shift', 25), []],
    ['agree at gateway', ['gateway', 'shift'], at('gateway', 100), []],
    ['agree where no share is known', ['shift', 'shadow', 25], at('shift'), []],
    [
      'are ahead of the gateway’s path',
      ['shadow', 'nlb'],
      at('nlb', 0),
      [ahead('The settings say shadow (from nlb) for the consumer; nlb')],
    ],
    [
      'are ahead, or somebody has gone back',
      ['shift', 'shadow', 25],
      at('shadow', 0),
      [ahead('The settings say shift (from shadow) for the consumer; shadow', either(25))],
    ],
    [
      'are ahead of a share, or somebody has gone back',
      ['gateway', 'shift'],
      at('shift', 50),
      [ahead('The settings say gateway (from shift) for the consumer; shift, 50 % through the gateway', either(100))],
    ],
    [
      'are ahead of a share that is not known',
      ['gateway', 'shift'],
      at('shift'),
      [ahead('The settings say gateway (from shift) for the consumer; shift', either(100))],
    ],
    [
      'take the load balancer away, which moves nobody',
      ['retired', 'gateway'],
      at('gateway', 100),
      [ahead('The settings say retired (from gateway) for the consumer; gateway')],
    ],
    [
      'go back',
      ['shadow', 'shift'],
      at('shift', 25),
      [ahead('The settings say shadow (from shift) for the consumer; shift, 25 % through the gateway')],
    ],
    [
      'are ahead of the first deployment',
      ['nlb', 'new'],
      nothing,
      [ahead('The settings say nlb (from new) for the consumer; nothing')],
    ],
    ['say where it was, and nothing is deployed', ['nlb', 'nlb'], nothing, [absent('consumer')]],
    [
      'say shadow, and nothing is deployed: no weights were moved',
      ['shadow', 'nlb'],
      nothing,
      [
        warning(
          'The settings say shadow (from nlb) for the consumer, and nothing is there.',
          say('"stage": "nlb", "from": "new"'),
        ),
      ],
    ],
    [
      'say a share, and nothing is deployed: nobody has gone back',
      ['shift', 'shadow', 25],
      nothing,
      [
        warning(
          'The settings say shift, 25 % through the gateway (from shadow) for the consumer, and nothing is there.',
          say('"stage": "nlb", "from": "new"'),
        ),
      ],
    ],
    [
      'have a larger share',
      ['shift', 'shift', 25],
      at('shift', 24),
      [
        warning(
          'The settings say shift, 25 % through the gateway (from shift) for the consumer, and shift, 24 % through the gateway is there.',
          either(25),
        ),
      ],
    ],
    [
      'have a smaller share',
      ['shift', 'shift', 25],
      at('shift', 26),
      [
        warning(
          'The settings say shift, 25 % through the gateway (from shift) for the consumer, and shift, 26 % through the gateway is there.',
          moved('"stage": "shift", "from": "shift", "percent": 26'),
        ),
      ],
    ],
    [
      'have a share, and all goes through the gateway',
      ['shift', 'shadow', 25],
      at('gateway', 100),
      [
        warning(
          'The settings say shift, 25 % through the gateway (from shadow) for the consumer, and gateway is there.',
          moved('"stage": "gateway", "from": "gateway"'),
        ),
      ],
    ],
    [
      'say gateway, and nobody comes through it any more',
      ['gateway', 'gateway'],
      at('shadow'),
      [warning('The settings say gateway (from gateway) for the consumer, and shadow is there.', either(100))],
    ],
    [
      'say a share, and the load balancer is gone',
      ['shift', 'shift', 25],
      at('retired'),
      [
        warning(
          'The settings say shift, 25 % through the gateway (from shift) for the consumer, and retired is there.',
          moved('"stage": "retired", "from": "retired"'),
        ),
      ],
    ],
    ['are not compared with something between', ['shift', 'shadow', 25], between, []],
    ['are not compared with what is not known', ['shift', 'shadow', 25], unread, []],
  ])('%s', (_, settings, standing, expected) => {
    const facts = soundFacts({
      consumer: { ...consumer, gateway: { ...consumer.gateway, ...said(settings) } },
      consumerSide: { standing },
    })

    expect(differences(facts)).toEqual(expected)
  })

  it('come after those of the provider', () => {
    const facts = soundFacts({ provider: { standing: at('nlb') }, consumerSide: { standing: at('nlb', 0) } })

    expect(differences(facts).map(({ fact }) => fact)).toEqual([
      'The settings say shadow (from nlb) for the provider; nlb is there: not deployed yet.',
      'The settings say shadow (from nlb) for the consumer; nlb is there: not deployed yet.',
    ])
  })

  it('are not compared before anything of the consumer was read', () => {
    const { consumerSide: _, ...facts } = soundFacts()

    expect(differences(facts)).toEqual([])
  })
})
