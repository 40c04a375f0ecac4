import type { Account } from './account.ts'
import { stackActions } from './cloudformation.ts'
import { alarmOperations } from './cloudwatch-alarms.ts'
import { metricOperations } from './cloudwatch-metrics.ts'
import { ec2Actions } from './ec2.ts'
import { ec2EndpointActions } from './ec2-endpoints.ts'
import { ec2NetworkActions } from './ec2-network.ts'
import { elbv2Actions } from './elbv2.ts'
import { elbv2AttributeActions } from './elbv2-attributes.ts'
import { eventRuleOperations } from './event-rules.ts'
import { eventBridgeOperations } from './eventbridge.ts'
import { iamActions } from './iam.ts'
import { jsonService } from './json-protocol.ts'
import { lambdaRoutes } from './lambda.ts'
import { logQueryOperations } from './log-queries.ts'
import { logOperations } from './logs.ts'
import { type QueryProtocol, queryService } from './query-protocol.ts'
import { rdsActions } from './rds.ts'
import { rdsEventActions } from './rds-events.ts'
import { rdsFailoverActions } from './rds-failover.ts'
import { rdsSettingsActions } from './rds-settings.ts'
import { redshiftActions } from './redshift.ts'
import { restService } from './rest-protocol.ts'
import { recordRoutes } from './route53-records.ts'
import { zoneRoutes } from './route53-zones.ts'
import { scheduleRoutes } from './scheduler.ts'
import type { Services } from './service.ts'
import { sqsOperations } from './sqs.ts'
import { stsActions } from './sts.ts'
import { vpcLatticeRoutes } from './vpc-lattice.ts'

const query = (namespace: string): QueryProtocol => ({ namespace, style: 'query' })

/** Everything that the API serves of the account, by signing name. */
export const servicesOf = (account: Account): Services => ({
  elasticloadbalancing: queryService(query('http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/'), {
    ...elbv2Actions(account),
    ...elbv2AttributeActions(account),
  }),
  rds: queryService(query('http://rds.amazonaws.com/doc/2014-10-31/'), {
    ...rdsActions(account),
    ...rdsSettingsActions(account),
    ...rdsEventActions(account),
    ...rdsFailoverActions(account),
  }),
  ec2: queryService(
    { namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/', style: 'ec2' },
    { ...ec2Actions(account), ...ec2NetworkActions(account), ...ec2EndpointActions(account) },
  ),
  redshift: queryService(query('http://redshift.amazonaws.com/doc/2012-12-01/'), redshiftActions(account)),
  iam: queryService(query('https://iam.amazonaws.com/doc/2010-05-08/'), iamActions(account)),
  cloudformation: queryService(query('http://cloudformation.amazonaws.com/doc/2010-05-15/'), stackActions(account)),
  sts: queryService(query('https://sts.amazonaws.com/doc/2011-06-15/'), stsActions(account)),
  events: jsonService({ ...eventBridgeOperations(account), ...eventRuleOperations(account) }),
  sqs: jsonService(sqsOperations(account)),
  monitoring: jsonService({ ...metricOperations(account), ...alarmOperations(account) }),
  logs: jsonService({ ...logOperations(account), ...logQueryOperations(account) }),
  lambda: restService('json', lambdaRoutes(account)),
  scheduler: restService('json', scheduleRoutes(account)),
  route53: restService('xml', [...zoneRoutes(account), ...recordRoutes(account)]),
  'vpc-lattice': restService('json', vpcLatticeRoutes(account)),
})
