import { describe, expect, it } from 'vitest'
import { type Judgement, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { stages } from '../../../cli/checks/stages.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { aZone, type Changes, settingsWith, soundFacts } from '../migrate-facts.ts'

const provider = ok('The provider: shadow.')
const consumer = ok('The consumer: shadow.')
const shift = settingsWith(
  {},
  {
    gateway: {
      stage: 'shift',
      from: 'shadow',
      percent: 25,
      resourceConfigurationArn:
        'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0',
    },
  },
).consumer

describe('the stages of both sides', () => {
  it.each<[string, Changes, readonly Judgement[]]>([
    ['are those of the settings', {}, [provider, consumer]],
    [
      'are told with the share that is live',
      { consumer: shift, consumerSide: { zone: known(aZone({ nlb: 75, gateway: 25 })) } },
      [provider, ok('The consumer: shift, 25 % through the gateway.')],
    ],
    [
      'are between two, with what to do, and are compared with nothing',
      { provider: { configuration: none('There is no resource configuration.') } },
      [
        problem(
          'The provider: between stages: the resource gateway is there, its resource configuration is not.',
          "Deploy the provider's stack again with the settings as they are; it was interrupted or something was deleted by hand.",
        ),
        consumer,
      ],
    ],
    [
      'are not known, and are compared with nothing',
      { consumerSide: { nlb: notKnown('No answer of ec2.amazonaws.com.') } },
      [provider, unknown('The consumer: not known: No answer of ec2.amazonaws.com.')],
    ],
    [
      'differ from the settings, which is said after both',
      { consumerSide: { zone: known(aZone({ nlb: 0, gateway: 100 })) } },
      [
        provider,
        ok('The consumer: gateway.'),
        warning(
          'The settings say shadow (from nlb) for the consumer, and gateway is there.',
          'Weights were moved since the last deployment. The next deployment is refused or moves them back, unless the settings say what is live: "stage": "gateway", "from": "gateway".',
        ),
      ],
    ],
  ])('%s', (_, changes, expected) => {
    expect(stages.judge(soundFacts(changes))).toEqual(expected)
  })

  it('are the provider’s alone where there is no consumer', () => {
    const { consumer: _, consumerSide: __, ...alone } = soundFacts()

    expect(stages.judge(alone)).toEqual([provider])
  })
})
