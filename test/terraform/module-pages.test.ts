import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Copy, copyModule, findTerraform } from './terraform.ts'

const terraform = findTerraform()
const canRun = typeof terraform !== 'string'
if (!canRun) console.warn(`The pages for Terraform are not followed: ${terraform}.`)

/** The configuration that a page tells a new user to write, with the module of this copy instead of a release's. */
const configurationOf = (page: string): string => {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')
  const [, block] = /^```hcl\n(module "repoint" \{.*?\n\})\n```$/ms.exec(text) ?? []
  if (block === undefined) throw new Error(`${page} has no module "repoint"`)
  // Older providers, which may be the one that is installed, do not know the module's own choice.
  return block.replace(/source = ".*"/, 'source = "../"\n  runtime = "nodejs22.x"')
}

/** What the user has already. */
const estate = `
variable "subnets" {
  default = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]
}
resource "aws_db_instance" "orders" {
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  engine              = "postgres"
  username            = "orders"
  password            = "not-a-real-one"
  skip_final_snapshot = true
}
resource "aws_lb" "orders" {
  load_balancer_type = "network"
  internal           = true
  subnets            = var.subnets
}
resource "aws_lb_target_group" "orders" {
  port        = 5432
  protocol    = "TCP"
  target_type = "ip"
  vpc_id      = "vpc-0a1b2c3d4e5f60718"
}
resource "aws_sns_topic" "on_call" {}
`

/** It stands already, so that its ARNs are known when the module is planned. */
const plan = `
mock_provider "aws" {
  source = "../tests/mocks"
}
override_resource {
  target          = aws_db_instance.orders
  override_during = plan
  values = {
    arn     = "arn:aws:rds:eu-west-1:111122223333:db:orders"
    address = "orders.abc123def456.eu-west-1.rds.amazonaws.com"
    port    = 5432
  }
}
override_resource {
  target          = aws_lb.orders
  override_during = plan
  values          = { arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/orders/0123456789abcdef" }
}
override_resource {
  target          = aws_lb_target_group.orders
  override_during = plan
  values          = { arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef" }
}
override_resource {
  target          = aws_sns_topic.on_call
  override_during = plan
  values          = { arn = "arn:aws:sns:eu-west-1:111122223333:on-call" }
}
run "the_page_is_planned" {
  command = plan
}
`

describe.skipIf(!canRun).each(['docs/installing.md', 'terraform/README.md'])('a new user who follows %s', page => {
  let copy: Copy
  beforeAll(() => {
    if (!canRun) return
    copy = copyModule(terraform, 'user', {
      'user/main.tf': `${configurationOf(page)}\n${estate}`,
      'user/tests/plan.tftest.hcl': plan,
      // As in a release's module; nothing runs here.
      'reconciler.zip': '',
    })
  }, 240_000)
  afterAll(() => copy?.remove())

  it('gets a plan', () => {
    const { code, output } = copy.run('test')
    expect(output).toContain('Success! 1 passed, 0 failed.')
    expect(code).toBe(0)
  }, 480_000)
})
