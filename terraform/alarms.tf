locals {
  # Without the load balancer's name there is no metric of its own, without readers none of theirs.
  alarm_names = [
    for name, alarm in local.shape.alarms : name
    if(var.load_balancer != null || !strcontains(jsonencode(alarm), "AWS/NetworkELB")) &&
    (var.readers != null || name != "no-healthy-reader")
  ]
}

# Each is named like its section in docs/runbook.md.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = toset(local.alarm_names)

  alarm_name          = "${local.stem}-${each.key}"
  alarm_description   = local.shape.alarms[each.key].AlarmDescription
  comparison_operator = local.shape.alarms[each.key].ComparisonOperator
  evaluation_periods  = local.shape.alarms[each.key].EvaluationPeriods
  datapoints_to_alarm = try(local.shape.alarms[each.key].DatapointsToAlarm, null)
  threshold           = local.shape.alarms[each.key].Threshold
  treat_missing_data  = local.shape.alarms[each.key].TreatMissingData
  namespace           = local.shape.alarms[each.key].Namespace
  metric_name         = local.shape.alarms[each.key].MetricName
  period              = local.shape.alarms[each.key].Period
  statistic           = local.shape.alarms[each.key].Statistic
  dimensions = {
    for index, it in local.shape.alarms[each.key].Dimensions : it.Name => local.contract.alarms[each.key].Dimensions[index].Value
  }
  alarm_actions = var.alarm_topic_arns
  ok_actions    = var.alarm_topic_arns
  tags          = var.tags
}
