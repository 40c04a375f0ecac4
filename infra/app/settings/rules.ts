import { consumerRules } from './consumer-rules.ts'
import { databaseRules } from './database-rules.ts'
import { endpointRules } from './endpoint-rules.ts'
import { fileRules } from './file-rules.ts'
import { frontDoorRules } from './front-door-rules.ts'
import { gatewayRules } from './gateway-rules.ts'
import { loadBalancerRules } from './load-balancer-rules.ts'
import { rdsNameRules } from './rds-name-rules.ts'
import { referenceRules } from './reference-rules.ts'
import type { Rule } from './settings-rule.ts'
import { stageRules } from './stage-rules.ts'

/** Everything that one part of repoint.json says about another. */
export const rules: readonly Rule[] = [
  ...databaseRules,
  ...rdsNameRules,
  ...frontDoorRules,
  ...gatewayRules,
  ...referenceRules,
  ...consumerRules,
  ...loadBalancerRules,
  ...endpointRules,
  ...fileRules,
  ...stageRules,
]
