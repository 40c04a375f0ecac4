# Registers the writer during the apply, and again whenever the configuration changes. The queue's policy takes the
# provider half a minute, in which the role's permissions spread.
resource "aws_lambda_invocation" "first_registration" {
  function_name = aws_lambda_function.reconciler.function_name
  input         = local.shape.schedule.Input
  triggers      = { config = sha256(jsonencode(local.config)) }

  lifecycle {
    postcondition {
      condition = (
        contains(local.shape.firstRegistration.outcomes, try(jsondecode(self.result).outcome, "")) ||
        contains(concat(local.shape.firstRegistration.reasons, var.policies), try(jsondecode(self.result).reason, ""))
      )
      error_message = <<-EOT
        Repoint could not register the writer of ${local.id}: ${try("${jsondecode(self.result).outcome} (${jsondecode(self.result).reason})", self.result)}. ${try(jsondecode(self.result).remedy, "")}
        docs/runbook.md has a section of that name. When the cause is gone, apply again with
        -replace='<address of this module>.aws_lambda_invocation.first_registration'.
      EOT
    }
  }

  depends_on = [
    aws_iam_role_policy.function,
    aws_lambda_function_event_invoke_config.events,
    aws_sqs_queue_policy.dead_letters,
  ]
}
