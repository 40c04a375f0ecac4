import { describe, expect, it } from 'vitest'
import { type Judgement, ok, unknown, warning } from '../../../cli/checks/finding.ts'
import { nameAnswer } from '../../../cli/checks/name-answer.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, notKnown } from '../../../cli/facts/gathered.ts'
import { settingsOf, someFacts } from '../doctor-facts.ts'

const sound = settingsOf()
const name = sound.endpoint
const ofKind = (kind: DoctorFacts['settings']['kind']) => ({ ...sound, kind })
const anywhere = { ...sound, allowedCidrs: undefined }
const answer = (addresses: string[], chain: string[] = [name]) => ({ addresses, ttlSeconds: 5, chain })

const leads = (addresses: string, through = ''): Judgement =>
  ok(`From here ${name} resolves to ${addresses}, for 5 s${through}.`)
const outside = (addresses: string, allowed: string): Judgement =>
  warning(
    `From here ${name} resolves to ${addresses}, outside ${allowed}. If the function gets the same answer, it refuses (address-not-allowed).`,
    'Add the network to allowedCidrs if the address is right; for a public address see publicly-accessible.',
  )
const several = warning(
  `${name} has 2 addresses (10.0.1.10, 10.0.2.20); an instance or cluster has one.`,
  'Check for a hosted zone that shadows the name.',
)
const privateNetworks = '10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16'

describe("the endpoint's name", () => {
  it.each<[string, DoctorFacts['settings'], ReturnType<typeof answer>, Judgement]>([
    ['has an allowed address', sound, answer(['10.0.1.10']), leads('10.0.1.10')],
    [
      'has it through other names',
      sound,
      answer(['10.0.1.10'], [name, 'orders-2.abc', 'ec2-10-0-1-10']),
      leads('10.0.1.10', ', through orders-2.abc, ec2-10-0-1-10'),
    ],
    [
      'has addresses that are not allowed, and they alone are named',
      sound,
      answer(['54.1.2.3', '10.0.1.10', '10.1.0.1']),
      outside('54.1.2.3, 10.1.0.1', '10.0.0.0/16'),
    ],
    [
      'has none of the networks of the settings',
      settingsOf({ allowedCidrs: ['10.2.0.0/16', '10.3.0.0/16'] }),
      answer(['10.0.1.10']),
      outside('10.0.1.10', '10.2.0.0/16, 10.3.0.0/16'),
    ],
    ...['10.255.0.1', '100.64.0.1', '172.31.0.1', '192.168.0.1'].map(
      (ip): [string, DoctorFacts['settings'], ReturnType<typeof answer>, Judgement] => [
        `may have ${ip} where the settings name no network`,
        anywhere,
        answer([ip]),
        leads(ip),
      ],
    ),
    [
      'has a public address where the settings name no network',
      anywhere,
      answer(['54.1.2.3']),
      outside('54.1.2.3', privateNetworks),
    ],
    ['of an instance has two addresses', sound, answer(['10.0.1.10', '10.0.2.20']), several],
    ['of a cluster has two addresses', ofKind('cluster'), answer(['10.0.1.10', '10.0.2.20']), several],
    ['of a proxy may have two', ofKind('proxy'), answer(['10.0.1.10', '10.0.2.20']), leads('10.0.1.10, 10.0.2.20')],
    [
      'that is somebody’s own may have two',
      ofKind('hostname'),
      answer(['10.0.1.10', '10.0.2.20']),
      leads('10.0.1.10, 10.0.2.20'),
    ],
  ])('%s', (_, settings, found, expected) => {
    const facts = someFacts({ settings, answer: known({ kind: 'addresses', ...found }) })

    expect(nameAnswer.judge(facts)).toEqual([expected])
  })

  it.each([
    ['instance', 'the endpoint exists (aws rds describe-db-instances)'],
    ['cluster', 'the endpoint exists (aws rds describe-db-clusters)'],
    ['proxy', 'the endpoint exists (aws rds describe-db-proxies)'],
    ['hostname', 'the name exists'],
  ] as const)('of kind %s gives no address', (kind, what) => {
    const facts = someFacts({ settings: ofKind(kind), answer: known({ kind: 'none', why: 'ENOTFOUND' }) })

    expect(nameAnswer.judge(facts)).toEqual([
      warning(
        `From here ${name} gives no address (ENOTFOUND).`,
        `Check that ${what}, and the DNS server that this machine uses.`,
      ),
    ])
  })

  it('is not known where nobody could be asked', () => {
    expect(nameAnswer.judge(someFacts({ answer: notKnown('No DNS server.') }))).toEqual([unknown('No DNS server.')])
  })
})
