provider "sym" { org = "acme" }

resource "sym_environment" "prod" { name = "prod" }

locals {
  reason = {
    name = "reason"
    type = "string"
  }
  services = ["shop", "billing"]
  code     = "impl.py"
}
