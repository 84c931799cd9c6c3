terraform {
  required_version = ">= 0.13"
  required_providers {
    sym = { source = "symopsio/sym", version = "~> 1.14" }
  }
}
