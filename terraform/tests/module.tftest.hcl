# Against the provider's own checks, without AWS. What the module deploys is compared with the CDK app in test/terraform.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  database = {
    arn      = "arn:aws:rds:eu-west-1:111122223333:db:orders"
    endpoint = "orders.abc123def456.eu-west-1.rds.amazonaws.com"
    port     = 5432
    engine   = "postgres"
  }
  front_door = {
    target_group_arns = ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef"]
  }
  # Any file: nothing runs here.
  function_zip = "versions.tf"
  # Older providers do not know nodejs24.x.
  runtime = "nodejs22.x"
}

run "an_instance_behind_one_target_group_is_applied" {
  assert {
    condition     = aws_lambda_function.reconciler.function_name == "repoint-orders"
    error_message = "The command line finds the function by this name."
  }
  assert {
    condition     = toset(keys(aws_cloudwatch_event_rule.rds)) == toset(["database-events"])
    error_message = "An instance has one rule, for its own events and for blue/green deployments that name it."
  }
  assert {
    condition     = !contains(keys(aws_cloudwatch_metric_alarm.this), "fail-open-flows")
    error_message = "Without load_balancer there is no metric of the load balancer."
  }
}

run "a_load_balancer_adds_its_alarms" {
  command = plan
  variables {
    load_balancer = { arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/orders/0123456789abcdef" }
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["fail-open-flows"].dimensions.LoadBalancer == "net/orders/0123456789abcdef"
    error_message = "The alarm watches the load balancer of load_balancer."
  }
}

run "a_first_registration_that_is_refused_fails_the_apply" {
  state_key = "is_refused_fails_the_apply"

  override_resource {
    target = aws_lambda_invocation.first_registration
    values = { result = "{\"outcome\":\"refused\",\"reason\":\"address-not-allowed\"}" }
  }
  expect_failures = [aws_lambda_invocation.first_registration]
}

run "a_first_registration_that_answers_nothing_readable_fails_the_apply" {
  state_key = "answers_nothing_readable_fails_the_apply"

  override_resource {
    target = aws_lambda_invocation.first_registration
    values = { result = "" }
  }
  expect_failures = [aws_lambda_invocation.first_registration]
}

run "a_paused_function_may_answer_that_it_is_paused" {
  state_key = "it_is_paused"

  override_resource {
    target = aws_lambda_invocation.first_registration
    values = { result = "{\"outcome\":\"held\",\"reason\":\"paused\"}" }
  }
  variables {
    policies = ["paused"]
  }
}

run "a_provider_of_another_region_fails_the_apply" {
  state_key = "a_provider_of_another_region_fails_the_apply"

  override_resource {
    target = aws_sqs_queue.dead_letters
    values = { arn = "arn:aws:sqs:us-east-1:111122223333:repoint-orders-dead-letters" }
  }
  expect_failures = [aws_sqs_queue.dead_letters]
}

run "a_host_name_has_no_rules" {
  state_key = "host_name"

  command = plan
  variables {
    database = { id = "elsewhere", endpoint = "db.example.com", port = 5432, engine = "postgres" }
  }
  assert {
    condition     = length(aws_cloudwatch_event_rule.rds) == 0
    error_message = "RDS says nothing about a host name."
  }
}

run "weighted_is_refused_for_an_instance" {
  command = plan
  variables {
    front_door = {
      strategy     = "weighted"
      listener_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/0123456789abcdef/0123456789abcdef"
      target_group_arns = [
        "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/one/0123456789abcdef",
        "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/two/0123456789abcdef",
      ]
    }
  }
  expect_failures = [aws_iam_role.function]
}

run "standby_is_refused_for_sql_server" {
  command = plan
  variables {
    database = {
      arn      = "arn:aws:rds:eu-west-1:111122223333:db:orders"
      endpoint = "orders.abc123def456.eu-west-1.rds.amazonaws.com"
      port     = 1433
      engine   = "sqlserver"
    }
    front_door = {
      strategy          = "standby"
      target_group_arns = ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef"]
    }
  }
  expect_failures = [aws_iam_role.function]
}

run "swap_with_two_target_groups_is_refused" {
  command = plan
  variables {
    front_door = {
      target_group_arns = [
        "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/one/0123456789abcdef",
        "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/two/0123456789abcdef",
      ]
    }
  }
  expect_failures = [var.front_door]
}

run "a_proxy_without_its_name_is_refused" {
  command = plan
  variables {
    database = {
      arn      = "arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0a1b2c3d4e5f60718"
      endpoint = "orders.proxy-abc123def456.eu-west-1.rds.amazonaws.com"
      port     = 5432
      engine   = "postgres"
    }
  }
  expect_failures = [var.database]
}
