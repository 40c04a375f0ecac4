/** The pages that the findings refer to. */
const elb = 'https://docs.aws.amazon.com/elasticloadbalancing/latest'
const lattice = 'https://docs.aws.amazon.com/vpc-lattice/latest/ug'
const redshift = 'https://docs.aws.amazon.com/redshift/latest/mgmt'
const privateLink = 'https://docs.aws.amazon.com/vpc/latest/privatelink'

export const sources = {
  healthChecks: `${elb}/network/target-group-health-checks.html`,
  troubleshooting: `${elb}/network/load-balancer-troubleshooting.html`,
  attributes: `${elb}/network/edit-target-group-attributes.html`,
  attributeList: `${elb}/APIReference/API_TargetGroupAttribute.html`,
  targetHealth: `${elb}/APIReference/API_TargetHealth.html`,
  targetSecurityGroups: `${elb}/network/target-group-register-targets.html#target-security-groups`,
  registerTargets: `${elb}/network/target-group-register-targets.html`,
  setSecurityGroups: `${elb}/APIReference/API_SetSecurityGroups.html`,
  idleTimeout: `${elb}/network/update-idle-timeout.html`,
  endpointService: `${privateLink}/create-endpoint-service.html`,
  privateDnsName: `${privateLink}/manage-dns-names.html`,
  endpointPolicy: `${privateLink}/vpc-endpoints-access.html`,
  stackProtection: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html',
  stackFailure: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html',
  balancerProtection: `${elb}/network/edit-load-balancer-attributes.html`,
  autoPause: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html',
  dhcpOptions: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html',
  vpcDns: 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html',
  rdsInVpc: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html',
  multiAz: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html',
  auroraAvailability:
    'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html',
  redshiftEndpoints: `${redshift}/managing-cluster-cross-vpc.html`,
  redshiftRelocation: `${redshift}/managing-cluster-recovery.html`,
  rdsEvents: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html',
  eventDelivery: 'https://docs.aws.amazon.com/eventbridge/latest/ref/event-delivery-level.html',
  mariadbHosts: 'https://mariadb.com/docs/reference/mdb/error-codes/ER_HOST_IS_BLOCKED/',
  hostCache: 'https://dev.mysql.com/doc/refman/8.4/en/host-cache.html',
  asynchronous: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html',
  concurrency: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html',
  states: 'https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html',
  hostedZones: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html',
  resourceGateway: `${privateLink}/resource-gateway.html`,
  accessLog: `${lattice}/monitoring-access-logs.html`,
  configuration: `${lattice}/resource-configuration.html`,
  quotas: `${lattice}/quotas.html`,
  sharing: `${lattice}/sharing.html`,
  resourceAccess: `${privateLink}/privatelink-access-resources.html`,
  resourceEndpoint: `${privateLink}/use-resource-endpoint.html`,
  iamTokens:
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.AWSCLI.PostgreSQL.html',
  accountNames: 'https://dev.mysql.com/doc/refman/8.4/en/account-names.html',
  rdsTls: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html',
} as const
