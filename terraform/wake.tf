locals {
  rule_arns = { for rule, name in local.rule_names : rule => "arn:${local.partition}:events:${local.place}:rule/${name}" }
}

# Every event that gets lost ends here: EventBridge could not hand it to Lambda, or Lambda gave it up.
resource "aws_sqs_queue" "dead_letters" {
  name                      = local.dead_letters_name
  sqs_managed_sse_enabled   = true
  message_retention_seconds = local.shape.queue.MessageRetentionPeriod
  tags                      = var.tags

  lifecycle {
    postcondition {
      condition     = self.arn == local.dead_letters_arn
      error_message = "The AWS provider works in another account or Region than ${local.id}, which is in ${local.place}. Give the module a provider of that place."
    }
  }
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.id
  policy = jsonencode({
    Version = "2012-10-17"
    # Without a rule nobody but Lambda sends, by the function's own role.
    Statement = [for it in local.contract.queue.statements : it if it.Effect == "Deny" || length(local.rule_arns) > 0]
  })
}

# AWS services send to the default bus, whatever bus the reports go to.
resource "aws_cloudwatch_event_rule" "rds" {
  for_each = local.shape.rules[local.events]

  name          = local.rule_names[each.key]
  description   = local.contract.rules[local.events][each.key].Description
  event_pattern = jsonencode(local.contract.rules[local.events][each.key].EventPattern)
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "rds" {
  for_each = aws_cloudwatch_event_rule.rds

  rule = each.value.name
  arn  = aws_lambda_function.reconciler.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }
  retry_policy {
    maximum_event_age_in_seconds = local.shape.patience.rule.MaximumEventAgeInSeconds
    maximum_retry_attempts       = local.shape.patience.rule.MaximumRetryAttempts
  }

  depends_on = [aws_lambda_permission.rds]
}

resource "aws_lambda_permission" "rds" {
  for_each = aws_cloudwatch_event_rule.rds

  statement_id  = "repoint-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.reconciler.function_name
  principal     = "events.amazonaws.com"
  source_arn    = each.value.arn
}

resource "aws_scheduler_schedule_group" "resync" {
  name = local.name
  tags = var.tags
}

resource "aws_iam_role" "scheduler" {
  name_prefix          = substr("${local.name}-", 0, 38)
  description          = "Lets EventBridge Scheduler call Repoint for ${local.id}"
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = local.contract.schedule.trust })
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "invoke"
  role   = aws_iam_role.scheduler.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.contract.schedule.statements })
}

resource "aws_scheduler_schedule" "resync" {
  name                = local.shape.schedule.Name
  group_name          = aws_scheduler_schedule_group.resync.name
  description         = local.contract.schedule.Description
  schedule_expression = local.shape.schedule.ScheduleExpression

  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_lambda_alias.ticks.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = local.shape.schedule.Input

    retry_policy {
      maximum_event_age_in_seconds = local.shape.schedule.RetryPolicy.MaximumEventAgeInSeconds
      maximum_retry_attempts       = local.shape.schedule.RetryPolicy.MaximumRetryAttempts
    }
  }

  depends_on = [aws_iam_role_policy.scheduler, aws_lambda_function_event_invoke_config.ticks, aws_lambda_invocation.first_registration]
}
