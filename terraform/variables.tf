variable "database" {
  description = "The database. Its kind, Region and account are the ARN's; a name without an ARN (kind hostname) needs an id. A proxy needs its name as id."
  type = object({
    arn      = optional(string)
    id       = optional(string)
    endpoint = string
    port     = number
    engine   = string
    members  = optional(list(string), [])
  })

  validation {
    condition     = var.database.arn == null || can(regex("^arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:(db|cluster|db-proxy):.+$", var.database.arn))
    error_message = "database.arn must be the ARN of an RDS instance, cluster or proxy, or be left out for a host name."
  }
  validation {
    condition     = var.database.id != null || can(regex(":(db|cluster):[a-z][a-z0-9-]*$", var.database.arn))
    error_message = "database.id is needed for a proxy (its name) and for a host name."
  }
  validation {
    condition = (
      var.database.id == null || var.database.arn == null || can(regex(":db-proxy:", var.database.arn)) ||
      endswith(coalesce(var.database.arn, "-"), ":${coalesce(var.database.id, "-")}")
    )
    error_message = "database.id must be the identifier in the ARN, or be left out: the RDS API is asked by it."
  }
  validation {
    condition     = length(var.database.members) == 0 || can(regex(":cluster:", var.database.arn))
    error_message = "database.members must be empty: only a cluster has members."
  }
}

variable "front_door" {
  description = "Your target group, or for strategy weighted all the target groups of your listener and the listener itself. Repoint owns their targets and weights from now on."
  type = object({
    strategy          = optional(string, "swap")
    target_group_arns = list(string)
    listener_arn      = optional(string)
    overlap           = optional(bool)
    exclude           = optional(list(string))
  })

  validation {
    condition     = contains(["swap", "standby", "weighted"], var.front_door.strategy)
    error_message = "front_door.strategy must be swap, standby or weighted."
  }
  validation {
    condition = (
      var.front_door.strategy == "weighted"
      ? length(var.front_door.target_group_arns) >= 2 && length(var.front_door.target_group_arns) <= 5
      : length(var.front_door.target_group_arns) == 1
    )
    error_message = "front_door.target_group_arns must have one target group, or two to five for strategy weighted."
  }
  validation {
    condition     = var.front_door.strategy == "weighted" || (var.front_door.overlap == null && var.front_door.exclude == null)
    error_message = "front_door.overlap and front_door.exclude belong to strategy weighted only."
  }
}

variable "readers" {
  description = "A second front door: every available reader of a cluster is registered in this target group."
  type = object({
    target_group_arn  = string
    writer_when_alone = optional(bool, false)
    exclude           = optional(list(string))
  })
  default = null
}

variable "load_balancer" {
  description = "The load balancer in front of the target groups. Read by alarms only: without it there is no alarm on its own metrics."
  type        = object({ arn = string })
  default     = null
}

variable "allowed_cidrs" {
  description = "Only addresses inside are ever registered. By default every private network that a target group accepts."
  type        = list(string)
  default     = null
}

variable "owner_proof" {
  description = "Whether a new address is proved to be a network interface of this database before it is registered: when-possible, required or off. By default when-possible for an instance or a cluster, and off for a proxy or a host name, where nothing can be proved."
  type        = string
  default     = null

  validation {
    condition     = var.owner_proof == null || contains(["when-possible", "required", "off"], coalesce(var.owner_proof, "-"))
    error_message = "owner_proof must be when-possible, required or off."
  }
  validation {
    condition     = contains(["-", "off"], coalesce(var.owner_proof, "-")) || can(regex(":(db|cluster):", var.database.arn))
    error_message = "owner_proof must be off: nothing in AWS tells the network interfaces of a proxy or a host name."
  }
}

variable "function_zip" {
  description = "The released function. By default the reconciler.zip that the released module has inside."
  type        = string
  default     = null
}

variable "runtime" {
  description = "By default the runtime that the function is built for. Provider versions before 6.20 do not know nodejs24.x; nodejs22.x runs the function too."
  type        = string
  default     = null

  validation {
    condition     = var.runtime == null || contains(["nodejs22.x", "nodejs24.x"], coalesce(var.runtime, "-"))
    error_message = "runtime must be nodejs24.x or nodejs22.x."
  }
}

variable "vpc" {
  description = "Where the function runs. By default outside a VPC, where a database that is not publicly accessible answers with its private address. The subnets need a path to the AWS APIs."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null
}

variable "policies" {
  description = "Any of dry-run, paused, add-only."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for policy in var.policies : contains(["dry-run", "paused", "add-only"], policy)])
    error_message = "policies may hold dry-run, paused and add-only."
  }
}

variable "settle" {
  description = "answers, intervalMs, spanMs, flapMs, readLagMs, bothHealthyMs: what must agree, and for how long, before a registration is removed."
  type        = map(number)
  default     = {}
}

variable "watch" {
  description = "startedMs, completedMs, rebootMs, healthyMs: for how long the function looks."
  type        = map(number)
  default     = {}
}

variable "remember_ms" {
  description = "For how long what was found in sync is not read again while DNS answers the same, in milliseconds, 0 to 3600000. By default 300000."
  type        = number
  default     = null
}

variable "event_bus_arn" {
  description = "Where the reports go. By default the default bus of the function's own account and Region."
  type        = string
  default     = null
}

variable "dns_servers" {
  description = "Servers to resolve the database's name with, each an address or address:port. By default the resolver of Lambda or of the VPC."
  type        = list(string)
  default     = []
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of alarms and of their end."
  type        = list(string)
  default     = []
}

variable "log_retention_days" {
  description = "For how long the function's log is kept."
  type        = number
  default     = 90
}

variable "kms_key_arn" {
  description = "A key of your own for the function's log group. Its policy must let CloudWatch Logs use it."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "A permissions boundary for the two roles."
  type        = string
  default     = null
}

variable "reserve_concurrency" {
  description = "False where the account's concurrency is too small to reserve from."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}
