# Names and ARNs. The account and Region are read out of ARNs: nothing is looked up, and a plan needs no call to AWS.
locals {
  home      = split(":", coalesce(var.database.arn, var.front_door.target_group_arns[0]))
  partition = local.home[1]
  region    = local.home[3]
  account   = local.home[4]
  place     = "${local.region}:${local.account}"

  kind   = var.database.arn == null ? "hostname" : { db = "instance", cluster = "cluster", db-proxy = "proxy" }[local.home[5]]
  id     = coalesce(var.database.id, try(local.home[6], null))
  events = local.kind == "cluster" && startswith(var.database.engine, "aurora") ? "aurora" : local.kind

  # The command line finds everything by these names. One that is too long is cut and ends in a hash of the id.
  stem              = "repoint-${local.id}"
  hash              = substr(sha256(local.id), 0, 8)
  name              = length(local.stem) <= 64 ? local.stem : "${substr(local.stem, 0, 55)}-${local.hash}"
  dead_letters_name = length(local.stem) <= 67 ? "${local.stem}-dead-letters" : "${substr(local.stem, 0, 58)}-${local.hash}-dead-letters"
  log_group_name    = "/aws/lambda/${local.name}"
  rule_names = {
    for rule in keys(local.shape.rules[local.events]) : rule => (
      length("${local.stem}-${rule}") <= 64
      ? "${local.stem}-${rule}"
      : "${substr(local.stem, 0, 54 - length(rule))}-${local.hash}-${rule}"
    )
  }

  function_arn     = "arn:${local.partition}:lambda:${local.place}:function:${local.name}"
  dead_letters_arn = "arn:${local.partition}:sqs:${local.place}:${local.dead_letters_name}"
  instances        = "arn:${local.partition}:rds:${local.place}:db"
}

# What the CDK app deploys too, in a file that is made from it.
locals {
  contract_file = "${path.module}/generated.json.tftpl"

  # With the values in place: unknown while a target group is still to be created.
  contract = jsondecode(templatefile(local.contract_file, local.values))
  # What does not depend on them is known at every plan.
  shape = jsondecode(templatefile(local.contract_file, { for name in local.value_names : name => "0" }))

  value_names = distinct(flatten(regexall("[$][{]([a-z0-9_]+)[}]", file(local.contract_file))))
  values = {
    id                 = local.id
    name               = local.name
    account            = local.account
    function           = local.function_arn
    ticks              = "${local.function_arn}:tick"
    log_group          = "arn:${local.partition}:logs:${local.place}:log-group:${local.log_group_name}:*"
    log_group_name     = local.log_group_name
    dead_letters       = local.dead_letters_arn
    dead_letters_name  = local.dead_letters_name
    schedule_group     = "arn:${local.partition}:scheduler:${local.place}:schedule-group/${local.name}"
    event_bus          = coalesce(var.event_bus_arn, "arn:${local.partition}:events:${local.place}:event-bus/default")
    database           = coalesce(var.database.arn, "none")
    proxy_by_name      = "arn:${local.partition}:rds:${local.place}:db-proxy:${local.id}"
    global_clusters    = "arn:${local.partition}:rds::${local.account}:global-cluster:"
    instances          = "${local.instances}:*"
    listener           = coalesce(var.front_door.listener_arn, "none")
    readers            = try(coalesce(var.readers.target_group_arn), "none")
    readers_name       = try(element(split(":", var.readers.target_group_arn), 5), "none")
    load_balancer_name = try(split(":loadbalancer/", var.load_balancer.arn)[1], "none")

    # Lists stand as elements inside the file's own lists.
    target_groups = join(",", [for arn in var.front_door.target_group_arns : jsonencode(arn)])
    rules         = join(",", [for name in values(local.rule_arns) : jsonencode(name)])
    members = join(",", [
      for name in(length(var.database.members) > 0 ? var.database.members : ["*"]) : jsonencode("${local.instances}:${name}")
    ])
    member_patterns = length(local.member_patterns) <= 500 ? local.member_patterns : jsonencode({ prefix = "${local.instances}:" })
  }

  # An event pattern has room for 2,048 characters, of which the rest of a cluster's takes 1,545 at most. Where the members do
  # not fit, every instance of the account wakes the function, which checks itself whether it is a member.
  member_patterns = join(",", [
    for name in(length(var.database.members) > 0 ? var.database.members : ["${local.id}*"]) : (
      endswith(name, "*")
      ? jsonencode({ prefix = "${local.instances}:${trimsuffix(name, "*")}" })
      : jsonencode("${local.instances}:${name}")
    )
  ])
}
