terraform {
  required_providers {
    sym = {
      source = "symopsio/sym"
    }
  }
}

variable "name" {}
variable "environment_id" {}
variable "implementation" {}
variable "fields" { type = any }

resource "sym_flow" "this" {
  name           = var.name
  template       = "sym:template:approval:1.0.0"
  implementation = var.implementation
  environment_id = var.environment_id

  params = {
    prompt_fields_json = jsonencode(var.fields)
  }
}
