variable "name" { type = string }
variable "label" { type = string }
variable "okta_domain" { type = string }
variable "okta_group_id" { type = string }
variable "channel" { type = string }
variable "environment_id" { type = string }
variable "secret_id" { type = string }
variable "tags" {
  type    = map(string)
  default = {}
}
variable "durations" {
  type    = list(string)
  default = ["10m", "1h"]
}
