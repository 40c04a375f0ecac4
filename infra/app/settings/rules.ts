import { consumerRules } from './consumer-rules.ts'
import { databaseRules } from './database-rules.ts'
import { fileRules } from './file-rules.ts'
import { frontDoorRules } from './front-door-rules.ts'
import { gatewayRules } from './gateway-rules.ts'
import type { Rule } from './settings-rule.ts'
import { stageRules } from './stage-rules.ts'

/** Everything that one part of repoint.json says about another. */
export const rules: readonly Rule[] = [
  ...databaseRules,
  ...frontDoorRules,
  ...gatewayRules,
  ...consumerRules,
  ...fileRules,
  ...stageRules,
]
