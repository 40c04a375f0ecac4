import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, type Judgement, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const balancer: Check<DoctorFacts> = {
  name: 'load-balancer',
  question: 'Is it an active Network Load Balancer that passes TCP through, for private networks only?',
  judge: facts =>
    whenKnown([facts.loadBalancer, facts.listeners], (found, listeners) => {
      const judgements: Judgement[] = []
      if (found.type !== 'network') {
        judgements.push(
          problem(
            `The load balancer's type is ${found.type}: a database needs a Network Load Balancer.`,
            'Forward a Network Load Balancer’s TCP listener to the target group.',
            sources.registerTargets,
          ),
        )
      }
      if (found.state !== 'active') {
        judgements.push(
          problem(
            `The load balancer is ${found.state}.`,
            found.state === 'provisioning' ? 'Wait some minutes.' : 'Check its state in the EC2 console.',
            sources.troubleshooting,
          ),
        )
      }
      if (found.scheme === 'internet-facing') {
        judgements.push(
          warning(
            'The load balancer is internet-facing: the database is reachable from the internet, protected by security groups only.',
            'Use an internal one; PrivateLink needs no other.',
            sources.endpointService,
          ),
        )
      }
      for (const { port, protocol } of listeners) {
        if (protocol === 'TCP') continue
        judgements.push(
          problem(
            `The listener on port ${port} speaks ${protocol}: clients of PostgreSQL and MySQL begin without TLS and upgrade, which only TCP allows.`,
            'Change it to a TCP listener; the database’s own certificate then reaches the client.',
            sources.rdsTls,
          ),
        )
      }
      return judgements.length > 0
        ? judgements
        : [ok(`The load balancer is ${found.state}, ${found.scheme}, and passes TCP through.`)]
    }),
}
