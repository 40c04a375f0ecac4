import { describe, expect, it } from 'vitest'
import { type Finding, type Judgement, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { type Health, judge, judgeHealth, type Run, type Verdict } from '../../../cli/checks/path-health.ts'

const limits = { failures: 5, budget: 10, windowMs: 120_000, resets: 10 }

/** A client that works, with these counts of the window. */
const aRun = (changes: Partial<Run> = {}): Run => ({
  ...{ name: 'TCP', attempts: 100, failures: 0, failedInRow: 0, workedInRow: 20 },
  recent: { attempts: 100, failures: 0 },
  lastError: 'timeout',
  ...changes,
})
const works = aRun()
const flaps = (failures: number, name = 'TCP', attempts = 100) =>
  aRun({ name, failures, recent: { attempts, failures } })
const fails = (times: number) => aRun({ failures: times, failedInRow: times, workedInRow: 0 })
const fresh = (workedInRow: number) =>
  aRun({ attempts: workedInRow, workedInRow, recent: { attempts: workedInRow, failures: 0 } })

type Runs = Partial<Health['runs']>
const health = (runs: Runs = {}, changes: Partial<Health> = {}): Health => ({
  paths: ['nlb', 'gateway'],
  runs: { nlb: [works], gateway: [works], name: [], ...runs },
  resets: {},
  strays: [],
  ...changes,
})
/** At retired: there is no load balancer any more. */
const alone = (runs: Runs = {}, changes: Partial<Health> = {}): Health =>
  health({ nlb: [], ...runs }, { paths: ['gateway'], ...changes })

const [atNlb, atGateway, atName] = [
  'on the path through the load balancer',
  'on the path through the gateway',
  'at the name that clients use',
]
const goBack = 'Go back: `repoint migrate rollback --apply`; then `repoint migrate verify` looks for the cause.'
const lookForCause = '`repoint migrate verify` looks for the cause.'
const status = '`repoint status` shows where the load balancer points.'
const counted = (failures: number, where: string, attempts = 100) =>
  `${failures} of ${attempts} probes of the last 2 min 00 s failed ${where}`
const well = (where: string, failures = 0) => ok(`${counted(failures, where)} (TCP).`)
const inRow = (times: number, where: string, remedy: string) =>
  problem(`${times} probes in a row failed ${where} (TCP: timeout).`, remedy)
const over = (failures: number, where: string, remedy: string, compared = '') =>
  problem(`${counted(failures, where)} (TCP: timeout), and 10 % is the budget${compared}.`, remedy)
const beside = (percent: number) => `; on the path through the load balancer ${percent} %`
const of = (check: string, ...judgements: Judgement[]): Finding[] => judgements.map(it => ({ check, ...it }))
const nlbWell = of('nlb-probes', well(atNlb))
const gatewayWell = of('gateway-probes', well(atGateway))

describe('what a look says of each place', () => {
  it.each<[string, Health, Finding[]]>([
    ['both paths work', health(), [...nlbWell, ...gatewayWell]],
    [
      'the name works, too',
      health({ name: [works] }),
      [...nlbWell, ...gatewayWell, ...of('name-probes', well(atName))],
    ],
    [
      'every client of a path is judged',
      health({ gateway: [works, flaps(1), fails(1)] }),
      [
        ...nlbWell,
        ...of(
          'gateway-probes',
          well(atGateway),
          well(atGateway, 1),
          unknown(`The last probe ${atGateway} failed (TCP: timeout).`),
        ),
      ],
    ],
    [
      'nobody is on either path',
      health({ nlb: [], gateway: [] }),
      [
        ...of('nlb-probes', unknown(`No client of ours is ${atNlb}.`)),
        ...of('gateway-probes', unknown(`No client of ours is ${atGateway}.`)),
      ],
    ],
    [
      'one probe less in a row failed than may',
      health({ gateway: [fails(4)] }),
      [...nlbWell, ...of('gateway-probes', unknown(`The last probe ${atGateway} failed (TCP: timeout).`))],
    ],
    [
      'too many in a row failed through the gateway',
      health({ gateway: [fails(5)] }),
      [...nlbWell, ...of('gateway-probes', inRow(5, atGateway, goBack))],
    ],
    [
      'too many in a row failed through the load balancer',
      health({ nlb: [fails(6)] }),
      [...of('nlb-probes', inRow(6, atNlb, status)), ...gatewayWell],
    ],
    [
      'too many in a row failed at the name',
      health({ name: [fails(5)] }),
      [...nlbWell, ...gatewayWell, ...of('name-probes', inRow(5, atName, goBack))],
    ],
    [
      'the name has never worked from here',
      health({ name: [aRun({ attempts: 20, failures: 20, failedInRow: 20, workedInRow: 0 })] }),
      [
        ...nlbWell,
        ...gatewayWell,
        ...of('name-probes', unknown(`No probe ${atName} has worked from here yet (TCP: timeout).`)),
      ],
    ],
    [
      'the gateway has never worked from here',
      health({ gateway: [aRun({ attempts: 20, failures: 20, failedInRow: 20, workedInRow: 0 })] }),
      [...nlbWell, ...of('gateway-probes', inRow(20, atGateway, goBack))],
    ],
    [
      'nobody has asked the name yet',
      health({ name: [fresh(0)] }),
      [
        ...nlbWell,
        ...gatewayWell,
        ...of('name-probes', unknown(`Probes ${atName} have not worked 5 times in a row yet (TCP).`)),
      ],
    ],
    [
      'a path has not worked often enough in a row',
      health({ gateway: [fresh(4)] }),
      [...nlbWell, ...of('gateway-probes', unknown(`Probes ${atGateway} have not worked 5 times in a row yet (TCP).`))],
    ],
    [
      'a path has worked just often enough in a row',
      health({ gateway: [fresh(5)] }),
      [...nlbWell, ...of('gateway-probes', ok(`${counted(0, atGateway, 5)} (TCP).`))],
    ],
    [
      'less of the window failed than may',
      health({ gateway: [flaps(9)] }),
      [...nlbWell, ...of('gateway-probes', well(atGateway, 9))],
    ],
    [
      'too much of the window failed',
      health({ gateway: [flaps(10)] }),
      [...nlbWell, ...of('gateway-probes', over(10, atGateway, goBack, beside(0)))],
    ],
    [
      'half of a window failed that has too few probes to tell',
      health({ gateway: [flaps(4, 'TCP', 8)] }),
      [...nlbWell, ...of('gateway-probes', ok(`${counted(4, atGateway, 8)} (TCP).`))],
    ],
    [
      'half of a window failed that has just enough',
      health({ gateway: [flaps(5, 'TCP', 10)] }),
      [
        ...nlbWell,
        ...of(
          'gateway-probes',
          problem(`${counted(5, atGateway, 10)} (TCP: timeout), and 10 % is the budget${beside(0)}.`, goBack),
        ),
      ],
    ],
    [
      'the load balancer has a window without a probe, which counts as none that failed',
      health({ nlb: [aRun({ recent: { attempts: 0, failures: 0 } })], gateway: [flaps(10)] }),
      [
        ...of('nlb-probes', ok(`${counted(0, atNlb, 0)} (TCP).`)),
        ...of('gateway-probes', over(10, atGateway, goBack, beside(0))),
      ],
    ],
    [
      'less failed beyond what fails through the load balancer, too',
      health({ nlb: [flaps(3), flaps(6)], gateway: [flaps(15)], name: [flaps(15)] }),
      [
        ...of('nlb-probes', well(atNlb, 3), well(atNlb, 6)),
        ...of('gateway-probes', well(atGateway, 15)),
        ...of('name-probes', well(atName, 15)),
      ],
    ],
    [
      'too much failed beyond what fails through the load balancer, too',
      health({ nlb: [flaps(6), flaps(2)], gateway: [flaps(16)], name: [flaps(17)] }),
      [
        ...of('nlb-probes', well(atNlb, 6), well(atNlb, 2)),
        ...of('gateway-probes', over(16, atGateway, goBack, beside(6))),
        ...of('name-probes', over(17, atName, goBack, beside(6))),
      ],
    ],
    [
      'the share of the load balancer is rounded',
      health({ nlb: [flaps(2, 'TCP', 300)], gateway: [flaps(20)] }),
      [
        ...of('nlb-probes', ok(`${counted(2, atNlb, 300)} (TCP).`)),
        ...of('gateway-probes', over(20, atGateway, goBack, beside(1))),
      ],
    ],
    [
      'too much failed through the load balancer, which is compared with nothing',
      health({ nlb: [flaps(12)] }),
      [...of('nlb-probes', over(12, atNlb, status)), ...gatewayWell],
    ],
    [
      'there is no load balancer: nobody has to be there, and nothing to go back to',
      alone({ gateway: [fails(5), flaps(10)] }),
      of('gateway-probes', inRow(5, atGateway, lookForCause), over(10, atGateway, lookForCause)),
    ],
    [
      'there is no load balancer, and the name fails',
      alone({ name: [fails(5)] }),
      [...gatewayWell, ...of('name-probes', inRow(5, atName, lookForCause))],
    ],
  ])('%s', (_, look, expected) => {
    expect(judgeHealth(look, limits)).toEqual(expected)
  })
})

describe('what AWS shows', () => {
  const stray = (resourceIp: string) => ({ atMs: 1, resourceIp, writer: ['10.0.1.10', '10.0.1.11'] })
  const isStray = (remedy: string) =>
    of('writer', problem('The gateway connected to 10.0.2.10, and the writer is 10.0.1.10, 10.0.1.11.', remedy))
  const resets = (fact: string) => of('resets', problem(fact, goBack))

  it.each<[string, Health, Finding[]]>([
    ['no stray and no resets', health(), []],
    ['a stray', health({}, { strays: [stray('10.0.2.10'), stray('10.0.3.10')] }), isStray(goBack)],
    [
      'a stray where there is nothing to go back to',
      alone({}, { strays: [stray('10.0.2.10')] }),
      isStray(lookForCause),
    ],
    ['resets below the limit', health({}, { resets: { gateway: 9, nlb: 0 } }), []],
    ['resets through the load balancer alone', health({}, { resets: { gateway: 9, nlb: 50 } }), []],
    [
      'resets through the gateway',
      health({}, { resets: { gateway: 10, nlb: 9 } }),
      resets("10 resets in a minute on the path through the gateway, 9 on the load balancer's."),
    ],
    [
      'resets through the gateway, and nobody counts those of the load balancer',
      health({}, { resets: { gateway: 10 } }),
      resets("10 resets in a minute on the path through the gateway, 0 on the load balancer's."),
    ],
    [
      'resets on both paths',
      health({}, { resets: { gateway: 12, nlb: 10 } }),
      of(
        'resets',
        unknown(
          "Both paths have resets: 12 resets in a minute on the path through the gateway, 10 on the load balancer's.",
        ),
      ),
    ],
    [
      'resets where there is nothing to go back to',
      alone({}, { resets: { gateway: 10 } }),
      of('resets', problem('10 resets in a minute on the path through the gateway.', lookForCause)),
    ],
    ['resets below the limit where there is nothing to go back to', alone({}, { resets: { gateway: 9 } }), []],
  ])('%s', (_, look, expected) => {
    expect(judgeHealth(look, limits).filter(({ check }) => !check.endsWith('-probes'))).toEqual(expected)
  })
})

describe('the verdict', () => {
  const sound = '; the path through the load balancer works'
  const neither = '; and the path through the load balancer does not work either: the database itself, it seems'
  const failed = `5 probes in a row failed ${atGateway} (TCP: timeout)`

  it.each<[string, Health, Verdict]>([
    ['is well', health({ name: [works] }), { kind: 'well' }],
    ['is well of the gateway alone', alone(), { kind: 'well' }],
    ['goes back', health({ gateway: [fails(5)] }), { kind: 'go-back', why: `${failed}${sound}` }],
    [
      'goes back once the load balancer has worked as often as the gateway may fail',
      health({ nlb: [fresh(5)], gateway: [fails(5)] }),
      { kind: 'go-back', why: `${failed}${sound}` },
    ],
    [
      'pauses until then',
      health({ nlb: [fresh(4)], gateway: [fails(5)] }),
      { kind: 'pause', why: `${failed}${neither}` },
    ],
    [
      'pauses where one of the clients through the load balancer fails',
      health({ nlb: [works, fails(1)], gateway: [fails(5)] }),
      { kind: 'pause', why: `${failed}${neither}` },
    ],
    [
      'pauses where nobody is on the path to go back to',
      health({ nlb: [], gateway: [fails(5)] }),
      { kind: 'pause', why: `${failed}${neither}` },
    ],
    [
      'pauses where there is no path to go back to',
      alone({ gateway: [fails(5)] }),
      { kind: 'pause', why: `${failed}; and there is no other path to go back to` },
    ],
    [
      'pauses where the load balancer alone fails',
      health({ nlb: [fails(5)] }),
      { kind: 'pause', why: `5 probes in a row failed ${atNlb} (TCP: timeout)` },
    ],
    [
      'pauses at the first thing that is not known',
      health({ gateway: [fails(1)] }, { resets: { gateway: 12, nlb: 12 } }),
      { kind: 'pause', why: `The last probe ${atGateway} failed (TCP: timeout)` },
    ],
    [
      'goes back where the gateway reached another address',
      health({}, { strays: [{ atMs: 1, resourceIp: '10.0.2.10', writer: ['10.0.1.10'] }] }),
      { kind: 'go-back', why: `The gateway connected to 10.0.2.10, and the writer is 10.0.1.10${sound}` },
    ],
    [
      'pauses where a client at one address has not worked often enough',
      health({ gateway: [{ ...fresh(4), name: 'TCP to 10.1.1.50' }] }),
      { kind: 'pause', why: `Probes ${atGateway} have not worked 5 times in a row yet (TCP to 10.1.1.50)` },
    ],
    [
      'names the first of several problems, and none of the load balancer',
      health({ nlb: [flaps(12)], gateway: [flaps(22)], name: [fails(5)] }),
      {
        kind: 'go-back',
        why: `${counted(22, atGateway)} (TCP: timeout), and 10 % is the budget${beside(12)}${sound}`,
      },
    ],
  ])('%s', (_, look, expected) => {
    expect(judge(look, limits)).toEqual(expected)
  })
})
