locals {
  # The function's grammar fills in what is left out.
  config = {
    for key, value in {
      database = {
        for key, value in {
          kind     = local.kind
          id       = local.id
          arn      = var.database.arn
          endpoint = var.database.endpoint
          port     = var.database.port
        } : key => value if value != null
      }
      frontDoors   = concat([local.writer_door], local.reader_doors)
      allowedCidrs = var.allowed_cidrs
      ownerProof   = var.owner_proof
      settle       = var.settle
      watch        = var.watch
      rememberMs   = var.remember_ms
      policies     = var.policies
      eventBus     = var.event_bus_arn
      dnsServers   = var.dns_servers
    } : key => value if value != null
  }

  writer_door = {
    for key, value in {
      role            = "writer"
      strategy        = var.front_door.strategy
      targetGroupArn  = var.front_door.strategy == "weighted" ? null : var.front_door.target_group_arns[0]
      listenerArn     = var.front_door.listener_arn
      targetGroupArns = var.front_door.strategy == "weighted" ? var.front_door.target_group_arns : null
      port            = var.database.port
      overlap         = var.front_door.overlap
      exclude         = var.front_door.exclude
    } : key => value if value != null
  }

  reader_doors = [
    for readers in var.readers[*] : {
      for key, value in {
        role            = "reader"
        strategy        = "swap"
        targetGroupArn  = readers.target_group_arn
        port            = var.database.port
        writerWhenAlone = readers.writer_when_alone
        exclude         = readers.exclude
      } : key => value if value != null
    }
  ]

  is_unproved  = contains(["instance", "cluster"], local.kind) && coalesce(var.owner_proof, "-") == "off"
  policy_case  = "${local.kind}-${var.front_door.strategy}${var.readers == null ? "" : "-readers"}${local.is_unproved ? "-off" : ""}"
  function_zip = coalesce(var.function_zip, "${path.module}/reconciler.zip")
}

resource "aws_cloudwatch_log_group" "function" {
  name              = local.log_group_name
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "function" {
  name_prefix          = substr("${local.name}-", 0, 38)
  description          = "What Repoint may do for ${local.id}"
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(local.shape.policies), local.policy_case)
      error_message = "${local.id} is of kind ${local.kind}: standby is for instances, weighted and readers are for clusters, swap is for everything."
    }
    precondition {
      condition     = !(var.front_door.strategy == "standby" && startswith(var.database.engine, "sqlserver"))
      error_message = "Strategy standby is not for SQL Server: it runs on the secondary too, so health may not tell the writer from it. Use swap."
    }
    precondition {
      condition     = (var.front_door.strategy == "weighted") == (var.front_door.listener_arn != null)
      error_message = "front_door.listener_arn is the listener whose weights select the writer: strategy weighted needs it, the others have none."
    }
  }
}

resource "aws_iam_role_policy" "function" {
  name = "repoint"
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.contract.policies[local.policy_case],
      [for it in local.contract.networkPolicies[local.policy_case] : it if var.vpc != null],
    )
  })
}

resource "aws_lambda_function" "reconciler" {
  function_name                  = local.name
  description                    = "Keeps the load balancer pointed at the writer of ${local.id}"
  role                           = aws_iam_role.function.arn
  filename                       = local.function_zip
  source_code_hash               = filebase64sha256(local.function_zip)
  handler                        = local.shape.function.Handler
  runtime                        = coalesce(var.runtime, local.shape.function.Runtime)
  architectures                  = local.shape.function.Architectures
  memory_size                    = local.shape.function.MemorySize
  timeout                        = local.shape.function.Timeout
  reserved_concurrent_executions = var.reserve_concurrency ? local.shape.function.ReservedConcurrentExecutions : -1
  tags                           = var.tags

  environment {
    variables = {
      REPOINT_CONFIG       = jsonencode(local.config)
      POWERTOOLS_LOG_LEVEL = local.shape.function.LoggingConfig.ApplicationLogLevel
    }
  }

  logging_config {
    log_group             = aws_cloudwatch_log_group.function.name
    log_format            = local.shape.function.LoggingConfig.LogFormat
    application_log_level = local.shape.function.LoggingConfig.ApplicationLogLevel
    system_log_level      = local.shape.function.LoggingConfig.SystemLogLevel
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_function_event_invoke_config" "events" {
  function_name                = aws_lambda_function.reconciler.function_name
  maximum_event_age_in_seconds = local.shape.patience.events.MaximumEventAgeInSeconds
  maximum_retry_attempts       = local.shape.patience.events.MaximumRetryAttempts

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letters.arn
    }
  }
}

# What the schedule calls: an event queue of its own, in which a missed tick does not grow old.
resource "aws_lambda_alias" "ticks" {
  name             = local.shape.tickAlias
  description      = "Called by the schedule; a tick that waits behind a watch is dropped after a minute"
  function_name    = aws_lambda_function.reconciler.function_name
  function_version = "$LATEST"
}

resource "aws_lambda_function_event_invoke_config" "ticks" {
  function_name                = aws_lambda_function.reconciler.function_name
  qualifier                    = aws_lambda_alias.ticks.name
  maximum_event_age_in_seconds = local.shape.patience.ticks.MaximumEventAgeInSeconds
  maximum_retry_attempts       = local.shape.patience.ticks.MaximumRetryAttempts
}
