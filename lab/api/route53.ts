import type { Account } from './account.ts'
import type { RestService } from './rest.ts'
import { recordRoutes } from './route53-records.ts'
import { zoneRoutes } from './route53-zones.ts'

/** Route 53 over the hosted zones of the resources: a change of a record is what the lab's resolvers answer with. */
export const route53Service = (account: Account): RestService => ({
  protocol: 'xml',
  routes: [...zoneRoutes(account), ...recordRoutes(account)],
})
