/** The pages that the findings refer to. */
const lattice = 'https://docs.aws.amazon.com/vpc-lattice/latest/ug'
const privateLink = 'https://docs.aws.amazon.com/vpc/latest/privatelink'

export const sources = {
  gateway: `${privateLink}/resource-gateway.html`,
  configuration: `${lattice}/resource-configuration.html`,
  access: `${privateLink}/privatelink-access-resources.html`,
  endpoint: `${privateLink}/use-resource-endpoint.html`,
  quotas: `${lattice}/quotas.html`,
  accessLogs: `${lattice}/monitoring-access-logs.html`,
  sharing: `${lattice}/sharing.html`,
  hostedZones: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html',
  vpcDns: 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html',
  iam: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.AWSCLI.PostgreSQL.html',
  accountNames: 'https://dev.mysql.com/doc/refman/8.4/en/account-names.html',
} as const
