import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Template } from '../../infra/app/app.ts'
import { contractFile, contractText } from '../../infra/app/generate-terraform.ts'
import { asTerraformTemplate, withPlaceholders } from '../../infra/app/terraform/placeholders.ts'

describe('the file that the Terraform module reads', () => {
  it('is what the code makes of it: npm run terraform', () => {
    expect(readFileSync(contractFile, 'utf8')).toBe(contractText())
  }, 30_000)

  it('names no example: every name and ARN is a placeholder', () => {
    expect(contractText()).not.toMatch(/111122223333|eu-west-1|@|0123456789abcdef/)
  }, 30_000)
})

/** How Terraform’s templates ask for a value. */
const filled = (name: string) => `\${${name}}`

const template: Template = {
  Resources: { Queue: { Type: 'AWS::SQS::Queue' }, Topic: { Type: 'AWS::SNS::Topic' } },
}

describe('a placeholder', () => {
  it('stands for what a template refers to', () => {
    const arn = withPlaceholders(template, { Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] } })
    expect(arn).toEqual({ Resource: '@dead-letters' })
    expect(asTerraformTemplate(arn)).toBe(`{\n  "Resource": "${filled('dead_letters')}"\n}\n`)
  })

  it('of a list stands inside a list', () => {
    const groups = ['writer-1', 'writer-2'].map(
      name => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/${name}/0123456789abcdef`,
    )
    expect(asTerraformTemplate(withPlaceholders(template, groups))).toBe(`[\n  ${filled('target_groups')}\n]\n`)
    expect(asTerraformTemplate(withPlaceholders(template, { Resource: groups[0] }))).toContain(
      `[\n    ${filled('target_groups')}\n  ]`,
    )
  })

  it('is missing for a resource that the module does not have', () => {
    expect(() => withPlaceholders(template, { Ref: 'Topic' })).toThrow('no name for Ref of AWS::SNS::Topic (Topic)')
  })

  it('cannot be told from what Terraform would fill in itself', () => {
    expect(() => asTerraformTemplate({ pattern: filled('name') })).toThrow('a sequence of Terraform’s templates')
  })
})
