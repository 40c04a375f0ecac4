mock_provider "aws" {
  source = "../../tests/mocks"

  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/orders/0123456789abcdef" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef" }
  }
  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/0123456789abcdef/0123456789abcdef" }
  }
}

variables {
  vpc_id                     = "vpc-0a1b2c3d4e5f60718"
  subnet_ids                 = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]
  subnet_cidrs               = ["10.0.1.0/24", "10.0.2.0/24"]
  database_security_group_id = "sg-0a1b2c3d4e5f60718"
  database = {
    arn      = "arn:aws:rds:eu-west-1:111122223333:db:orders"
    endpoint = "orders.abc123def456.eu-west-1.rds.amazonaws.com"
    port     = 5432
    engine   = "postgres"
  }
  function_zip = "main.tf"
  runtime      = "nodejs22.x"
}

run "plans_before_anything_of_it_exists" {
  command = plan
}

run "applies" {
  assert {
    condition     = output.repoint.frontDoor.targetGroupArn == aws_lb_target_group.writer.arn
    error_message = "The settings for the command line name the target group that was created."
  }
}
