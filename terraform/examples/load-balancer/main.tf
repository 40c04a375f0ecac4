# A load balancer, an endpoint service for consumers, and Repoint in front of an existing database.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  region = var.region
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "vpc_id" {
  description = "The database's VPC."
  type        = string
}

variable "subnet_ids" {
  description = "One in every zone of the DB subnet group: a writer in a zone that the load balancer lacks gets no traffic."
  type        = list(string)
}

variable "subnet_cidrs" {
  description = "The networks of these subnets. The database sees the load balancer's addresses, never the consumers'."
  type        = list(string)
}

variable "database_security_group_id" {
  description = "The database's own security group; it is opened to the load balancer."
  type        = string
}

variable "database" {
  type = object({ arn = string, endpoint = string, port = number, engine = string })
}

variable "allowed_principals" {
  description = "Who may ask for an endpoint, for example arn:aws:iam::444455556666:root."
  type        = list(string)
  default     = []
}

variable "function_zip" {
  type    = string
  default = null
}

variable "runtime" {
  type    = string
  default = null
}

locals {
  name = element(split(":", var.database.arn), 6)
}

resource "aws_security_group" "load_balancer" {
  name_prefix = "repoint-${local.name}-"
  description = "Load balancer in front of ${local.name}"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "database" {
  for_each = toset(var.subnet_cidrs)

  security_group_id = aws_security_group.load_balancer.id
  description       = "The database, and its health check"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = var.database.port
  to_port           = var.database.port
}

resource "aws_vpc_security_group_ingress_rule" "health_checks" {
  security_group_id            = var.database_security_group_id
  description                  = "Repoint ${local.name}: health checks"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port
}

# PrivateLink traffic comes from the load balancer's own addresses, which its security group does not cover.
resource "aws_vpc_security_group_ingress_rule" "traffic" {
  for_each = toset(var.subnet_cidrs)

  security_group_id = var.database_security_group_id
  description       = "Repoint ${local.name}"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = var.database.port
  to_port           = var.database.port
}

resource "aws_lb" "this" {
  name_prefix                                                  = "rep-"
  load_balancer_type                                           = "network"
  internal                                                     = true
  subnets                                                      = var.subnet_ids
  security_groups                                              = [aws_security_group.load_balancer.id]
  enable_cross_zone_load_balancing                             = true
  enforce_security_group_inbound_rules_on_private_link_traffic = "off"
}

# The attributes are those of the CDK app: docs/deploying.md and infra/constructs/front-door.ts say why.
resource "aws_lb_target_group" "writer" {
  name_prefix            = "rep-"
  vpc_id                 = var.vpc_id
  target_type            = "ip"
  protocol               = "TCP"
  port                   = var.database.port
  deregistration_delay   = 0
  connection_termination = true
  preserve_client_ip     = "false"

  health_check {
    protocol            = "TCP"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
  stickiness {
    type    = "source_ip"
    enabled = false
  }
  target_health_state {
    enable_unhealthy_connection_termination = true
  }
}

resource "aws_lb_listener" "writer" {
  load_balancer_arn        = aws_lb.this.arn
  protocol                 = "TCP"
  port                     = var.database.port
  tcp_idle_timeout_seconds = 6000

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.writer.arn
  }
}

resource "aws_vpc_endpoint_service" "this" {
  acceptance_required        = true
  network_load_balancer_arns = [aws_lb.this.arn]
  allowed_principals         = var.allowed_principals
  supported_ip_address_types = ["ipv4"]
  tags                       = { Name = "repoint-${local.name}" }
}

module "repoint" {
  source = "../.."

  database      = var.database
  front_door    = { target_group_arns = [aws_lb_target_group.writer.arn] }
  load_balancer = { arn = aws_lb.this.arn }
  allowed_cidrs = var.subnet_cidrs
  function_zip  = var.function_zip
  runtime       = var.runtime

  # The first registration can be in use only behind a listener.
  depends_on = [aws_lb_listener.writer]
}

output "service_name" {
  description = "What consumers connect to."
  value       = aws_vpc_endpoint_service.this.service_name
}

output "repoint" {
  value = module.repoint.settings
}
