import { networks } from '../../functions/reconciler/config/values.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, ok, warning, whenKnown } from './finding.ts'

const privateNetworks = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']

const listings = {
  instance: 'describe-db-instances',
  cluster: 'describe-db-clusters',
  proxy: 'describe-db-proxies',
} as const

/** What the name answers where doctor runs; the function may get another answer. */
export const nameAnswer: Check<DoctorFacts> = {
  name: 'name-answer',
  question: 'Does the endpoint’s name answer with an address that may be registered?',
  judge: ({ answer, settings }) =>
    whenKnown([answer], found => {
      const { endpoint, kind, allowedCidrs = privateNetworks } = settings
      if (found.kind === 'none') {
        return [
          warning(
            `From here ${endpoint} gives no address (${found.why}).`,
            `Check that ${kind === 'hostname' ? 'the name exists' : `the endpoint exists (aws rds ${listings[kind]})`}, and the DNS server that this machine uses.`,
          ),
        ]
      }
      const shown = found.addresses.join(', ')
      const isAllowed = networks(allowedCidrs)
      const outside = found.addresses.filter(ip => !isAllowed(ip))
      if (outside.length > 0) {
        return [
          warning(
            `From here ${endpoint} resolves to ${outside.join(', ')}, outside ${allowedCidrs.join(', ')}. If the function gets the same answer, it refuses (address-not-allowed).`,
            'Add the network to allowedCidrs if the address is right; for a public address see publicly-accessible.',
          ),
        ]
      }
      if (found.addresses.length > 1 && kind !== 'proxy' && kind !== 'hostname') {
        return [
          warning(
            `${endpoint} has ${found.addresses.length} addresses (${shown}); an instance or cluster has one.`,
            'Check for a hosted zone that shadows the name.',
          ),
        ]
      }
      const aliases = found.chain.slice(1)
      const through = aliases.length > 0 ? `, through ${aliases.join(', ')}` : ''
      return [ok(`From here ${endpoint} resolves to ${shown}, for ${found.ttlSeconds} s${through}.`)]
    }),
}
