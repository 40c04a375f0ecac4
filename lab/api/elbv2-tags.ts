import type { Account } from './account.ts'
import { findGroup } from './elbv2-find.ts'
import { elbv2Errors } from './errors/elbv2-errors.ts'
import { ApiFailure } from './errors/failure.ts'
import { type Actions, field, list, strings, text } from './query-protocol.ts'

/** What a tag may hold: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Tag.html */
const isTagText = (value: string, longest: number): boolean =>
  value.length <= longest && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value)

/** Tags of target groups. */
export const tagActions = (account: Account): Actions => {
  const tags = account.tags ?? new Map<string, Map<string, string>>()
  return {
    DescribeTags: parameters => {
      const arns = strings(parameters.ResourceArns)
      if (arns.length === 0) throw new ApiFailure(elbv2Errors.noResourceArn)
      const described = arns.map(arn => {
        findGroup(account, arn)
        const member = [...(tags.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }))
        return { ResourceArn: arn, Tags: { member } }
      })
      const found = arns.flatMap(arn => [...(tags.get(arn)?.values() ?? [])])
      return { result: { TagDescriptions: { member: described } }, brief: { tags: found.join('; ') || 'none' } }
    },
    AddTags: parameters => {
      const added = list(parameters.Tags).map(
        tag => [text(field(tag, 'Key')), text(field(tag, 'Value')) ?? ''] as const,
      )
      for (const [key, value] of added) {
        if (!key || !isTagText(key, 128) || !isTagText(value, 256)) {
          throw new ApiFailure(elbv2Errors.badTag, key ?? '')
        }
        for (const arn of strings(parameters.ResourceArns)) {
          findGroup(account, arn)
          tags.set(arn, new Map(tags.get(arn)).set(key, value))
        }
      }
      return { result: {}, brief: { tags: added.map(([key, value]) => `${key}=${value}`).join('; ') } }
    },
  }
}
