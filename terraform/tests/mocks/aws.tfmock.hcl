# What AWS would answer with, where the provider checks its form.
mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::111122223333:role/repoint" }
}

mock_resource "aws_sqs_queue" {
  defaults = { arn = "arn:aws:sqs:eu-west-1:111122223333:repoint-orders-dead-letters" }
}

mock_resource "aws_lambda_function" {
  defaults = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:repoint-orders" }
}

mock_resource "aws_lambda_alias" {
  defaults = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:repoint-orders:tick" }
}

mock_resource "aws_cloudwatch_event_rule" {
  defaults = { arn = "arn:aws:events:eu-west-1:111122223333:rule/repoint-orders-database-events" }
}

mock_resource "aws_lambda_invocation" {
  defaults = { result = "{\"outcome\":\"repointed\",\"reason\":\"drift-corrected\"}" }
}
