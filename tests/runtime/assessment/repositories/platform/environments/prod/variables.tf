variable "sym_org_slug" {
  description = "The slug of our organization"
  type        = string
}

variable "aws_region" {
  type    = string
  default = "us-east-1"
}

variable "sso_account_id" {
  type = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.sso_account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "slack_workspace_id" {
  type    = string
  default = "T0ACME01"
}

variable "permission_sets" {
  description = "What may be asked for, by name."
  type = map(object({
    arn      = string
    accounts = list(string)
    label    = optional(string)
  }))
  default = {
    ReadOnly = {
      arn      = "arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-1111111111111111"
      accounts = ["111111111111", "222222222222"]
      label    = "Read only"
    }
    Admin = {
      arn      = "arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-2222222222222222"
      accounts = ["111111111111"]
    }
  }
}

variable "enable_boundary" {
  type    = bool
  default = false
}
