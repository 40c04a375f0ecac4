locals {
  all_alarms = local.shape.alarms[tostring(length(var.front_door.target_group_arns))]
  # Without the load balancer's name there is no metric of its own, without readers none of theirs.
  alarm_names = [
    for name, alarm in local.all_alarms : name
    if(var.load_balancer != null || !strcontains(jsonencode(alarm), "AWS/NetworkELB")) &&
    (var.readers != null || name != "no-healthy-reader")
  ]
  alarms = local.contract.alarms[tostring(length(var.front_door.target_group_arns))]
}

# Each is named like its section in docs/runbook.md.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = toset(local.alarm_names)

  alarm_name          = "${local.stem}-${each.key}"
  alarm_description   = local.shape.alarms["1"][each.key].AlarmDescription
  comparison_operator = local.all_alarms[each.key].ComparisonOperator
  evaluation_periods  = local.all_alarms[each.key].EvaluationPeriods
  datapoints_to_alarm = try(local.all_alarms[each.key].DatapointsToAlarm, null)
  threshold           = local.all_alarms[each.key].Threshold
  treat_missing_data  = local.all_alarms[each.key].TreatMissingData
  namespace           = try(local.all_alarms[each.key].Namespace, null)
  metric_name         = try(local.all_alarms[each.key].MetricName, null)
  period              = try(local.all_alarms[each.key].Period, null)
  statistic           = try(local.all_alarms[each.key].Statistic, null)
  dimensions = try(
    { for index, it in local.all_alarms[each.key].Dimensions : it.Name => local.alarms[each.key].Dimensions[index].Value },
    null,
  )
  alarm_actions = var.alarm_topic_arns
  ok_actions    = var.alarm_topic_arns
  tags          = var.tags

  dynamic "metric_query" {
    for_each = { for index, query in try(local.all_alarms[each.key].Metrics, []) : query.Id => index }
    content {
      id          = metric_query.key
      expression  = try(local.all_alarms[each.key].Metrics[metric_query.value].Expression, null)
      label       = try(local.all_alarms[each.key].Metrics[metric_query.value].Label, null)
      return_data = local.all_alarms[each.key].Metrics[metric_query.value].ReturnData

      dynamic "metric" {
        for_each = try([local.all_alarms[each.key].Metrics[metric_query.value].MetricStat], [])
        content {
          namespace   = metric.value.Metric.Namespace
          metric_name = metric.value.Metric.MetricName
          period      = metric.value.Period
          stat        = metric.value.Stat
          dimensions = {
            for index, it in metric.value.Metric.Dimensions : it.Name =>
            local.alarms[each.key].Metrics[metric_query.value].MetricStat.Metric.Dimensions[index].Value
          }
        }
      }
    }
  }
}
