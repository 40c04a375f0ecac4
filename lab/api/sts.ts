import type { Account } from './account.ts'

import type { Actions } from './query-protocol.ts'

/** Who calls. Signatures are not verified, so it is always the lab's own user. */
export const stsActions = (account: Account): Actions => ({
  GetCallerIdentity: () => ({
    result: {
      Arn: `arn:aws:sts::${account.id}:assumed-role/Operator/lab-operator`,
      UserId: 'AROALABOPERATOR:lab-operator',
      Account: account.id,
    },
  }),
})
