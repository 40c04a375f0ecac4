output "function_name" {
  description = "The function. `aws lambda invoke --function-name NAME report.json`, without a payload, looks and repoints now; `repoint plan` looks only."
  value       = aws_lambda_function.reconciler.function_name
}

output "function_arn" {
  value = aws_lambda_function.reconciler.arn
}

output "role_name" {
  description = "The function's role, for policies of your own."
  value       = aws_iam_role.function.name
}

output "log_group_name" {
  value = aws_cloudwatch_log_group.function.name
}

output "dead_letter_queue_url" {
  value = aws_sqs_queue.dead_letters.id
}

output "alarm_arns" {
  value = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.arn }
}

output "settings" {
  description = "This database as the `repoint` command reads it: put it into the databases of a repoint.json."
  value       = local.settings
}

locals {
  settings = {
    for key, value in {
      id           = local.id
      kind         = local.kind
      arn          = var.database.arn
      region       = local.kind == "hostname" ? local.region : null
      account      = local.kind == "hostname" ? local.account : null
      endpoint     = var.database.endpoint
      port         = var.database.port
      engine       = var.database.engine
      members      = length(var.database.members) > 0 ? var.database.members : null
      allowedCidrs = var.allowed_cidrs
      ownerProof   = var.owner_proof
      frontDoor = {
        for key, value in {
          kind            = "existing"
          strategy        = var.front_door.strategy
          targetGroupArn  = try(local.writer_door.targetGroupArn, null)
          targetGroupArns = try(local.writer_door.targetGroupArns, null)
          listenerArn     = var.front_door.listener_arn
          loadBalancerArn = try(var.load_balancer.arn, null)
          overlap         = var.front_door.overlap
          exclude         = var.front_door.exclude
        } : key => value if value != null
      }
      readers = try({
        for key, value in {
          targetGroupArn  = var.readers.target_group_arn
          writerWhenAlone = var.readers.writer_when_alone
          exclude         = var.readers.exclude
        } : key => value if value != null
      }, null)
    } : key => value if value != null
  }
}
