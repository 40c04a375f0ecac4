import { networks } from '../../functions/reconciler/config.ts'
import type { DoctorFacts } from '../facts/facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const vpcDns: Check<DoctorFacts> = {
  name: 'vpc-dns',
  question: 'Do the DNS settings of the database’s VPC let its name resolve to its private address?',
  judge: facts =>
    whenKnown([facts.vpcDns], dns => {
      const isInVpc = facts.settings.network.mode !== 'outside-vpc'
      const isPublic = facts.database.kind === 'known' && facts.database.value.isPubliclyAccessible
      const judgements: Judgement[] = []
      if (!dns.support) {
        const judge = isInVpc ? problem : warning
        judgements.push(
          judge(
            `DNS support is off: the VPC's resolver answers nobody${isInVpc ? ', the function neither' : ''}.`,
            'Set enableDnsSupport on the VPC.',
            sources.vpcDns,
          ),
        )
      }
      if (!dns.hostnames) {
        const judge = isPublic && isInVpc ? problem : warning
        judgements.push(
          judge(
            isPublic
              ? 'DNS hostnames are off: the name of a publicly accessible database gives its public address even inside the VPC.'
              : 'DNS hostnames are off: private DNS of interface endpoints does not work, nor do private hosted zones.',
            'Set enableDnsHostnames on the VPC.',
            sources.vpcDns,
          ),
        )
      }
      return judgements.length > 0 ? judgements : [ok('DNS support and DNS hostnames of the VPC are on.')]
    }),
}

/** The most specific private hosted zone of a VPC answers for a name, and nobody else is asked. */
export const hostedZones: Check<DoctorFacts> = {
  name: 'hosted-zones',
  question: 'Does a private hosted zone in the database’s VPC shadow the endpoint’s name?',
  judge: facts =>
    whenKnown([facts.hostedZones], zones => {
      const endpoint = `${facts.settings.endpoint.toLowerCase().replace(/\.$/, '')}.`
      const shadows = zones.filter(({ name }) => endpoint === dotted(name) || endpoint.endsWith(`.${dotted(name)}`))
      if (shadows.length === 0) return [ok(`No private hosted zone of the VPC covers ${facts.settings.endpoint}.`)]
      const isInVpc = facts.settings.network.mode !== 'outside-vpc'
      const judge = isInVpc ? problem : warning
      return shadows.map(({ id, name, owner }) =>
        judge(
          `The private hosted zone ${name.replace(/\.$/, '')} (${id}, of ${owner}) answers for ${facts.settings.endpoint} inside the VPC${
            isInVpc
              ? ': the function sees its records and not the writer. A record that leads to the load balancer makes it register the load balancer itself.'
              : '. The function runs outside and does not see it; clients in the VPC do.'
          }`,
          'Take the zone off this VPC; the zone for consumers belongs to the consumers’ VPC, named exactly as the endpoint.',
          sources.hostedZones,
        ),
      )
    }),
}

const dotted = (name: string): string => `${name.toLowerCase().replace(/\.$/, '')}.`

/** What the name answers here, where doctor runs; the function may see something else. */
export const answer: Check<DoctorFacts> = {
  name: 'name-answer',
  question: 'Does the endpoint’s name answer with an address that may be registered?',
  judge: facts =>
    whenKnown([facts.answer], found => {
      const { endpoint } = facts.settings
      if (found.kind === 'none') {
        return [
          warning(
            `From here ${endpoint} gives no address (${found.why}).`,
            'Check that the endpoint exists (aws rds describe-db-instances), and the DNS server that this machine asks.',
          ),
        ]
      }
      const shown = found.addresses.join(', ')
      const isAllowed = networks(facts.settings.allowedCidrs ?? privateNetworks)
      const outside = found.addresses.filter(ip => !isAllowed(ip))
      if (outside.length > 0) {
        return [
          warning(
            `From here ${endpoint} means ${outside.join(', ')}, outside ${(facts.settings.allowedCidrs ?? privateNetworks).join(', ')}. Where the function sees the same, it refuses (address-not-allowed).`,
            'Add the network to allowedCidrs if the address is right; a public address is a matter of publicly-accessible.',
          ),
        ]
      }
      if (found.addresses.length > 1 && facts.settings.kind !== 'proxy' && facts.settings.kind !== 'hostname') {
        return [
          warning(
            `${endpoint} has ${found.addresses.length} addresses (${shown}), an instance or cluster has one.`,
            'Look for a hosted zone that shadows the name.',
          ),
        ]
      }
      const aliases = found.chain.slice(1)
      return [
        ok(
          `From here ${endpoint} means ${shown}, for ${found.ttlSeconds} s${aliases.length > 0 ? `, through ${aliases.join(', ')}` : ''}.`,
        ),
      ]
    }),
}

const privateNetworks = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']

export const subnetAddresses: Check<DoctorFacts> = {
  name: 'subnet-addresses',
  question: 'Have the DB subnets addresses to spare for a replaced host?',
  judge: facts =>
    whenKnown([facts.databaseSubnets], subnets => {
      const full = subnets.filter(({ freeAddresses }) => freeAddresses < 4)
      if (full.length === 0) {
        return [
          ok(
            `Every DB subnet has free addresses (${subnets.map(it => `${it.zone}: ${it.freeAddresses}`).join(', ')}).`,
          ),
        ]
      }
      return full.map(({ id, zone, freeAddresses }) =>
        notice(
          `${id} in ${zone} has ${freeAddresses} free addresses: host replacement, scaling and operating system upgrades need spare ones (RDS-EVENT-0425).`,
          'Add a larger subnet to the DB subnet group, and its zone to the load balancer.',
          sources.rdsEvents,
        ),
      )
    }),
}
