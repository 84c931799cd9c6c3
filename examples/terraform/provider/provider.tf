terraform {
  required_providers {
    sym = {
      source  = "symopsio/sym"
      version = "~> 3.7"
    }
  }
}

# Where resources are kept is said by the environment: SYM_STORE_URL, or SYM_API_URL with a token in SYM_JWT.
provider "sym" {
  org = "acme"
}
