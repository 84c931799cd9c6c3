variable "environment" {
  description = "Name of the environment."
  type        = string
}

variable "rules" {
  description = "What differs between environments."
  type = object({
    label             = string
    group_id          = string
    channel           = string
    needs_approval    = bool
    allowed_durations = list(string)
  })
}

variable "implementation" {
  description = "The flow's Python code."
  type        = string
}

variable "okta_integration_id" {
  description = "The Okta that all environments share."
  type        = string
}

variable "slack_integration_id" {
  description = "The Slack workspace that all environments share."
  type        = string
}
