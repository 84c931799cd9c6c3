terraform {
  required_providers {
    sym = {
      source  = "symopsio/sym"
      version = "1.14.1"
    }
  }
}

provider "sym" {
  org = "acme"
}

resource "sym_environment" "main" {
  name = "main"
}

module "access" {
  source         = "./modules/flow"
  name           = "access"
  environment_id = sym_environment.main.id
  implementation = "${path.module}/access.py"
  fields = [
    { name = "reason", type = "string" },
    { name = "kind", type = "list", allowed_values = ["read", "write"] },
  ]
}
