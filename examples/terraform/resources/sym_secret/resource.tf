resource "sym_secrets" "worker" {
  type = "env"
  name = "worker"
}

# Terraform knows where this secret is, never its value.
resource "sym_secret" "okta_token" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_OKTA_TOKEN"
  label     = "Okta API token"
}

# One key of a JSON object.
resource "sym_secret" "aptible_password" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_APTIBLE"

  settings = {
    json_key = "password"
  }
}

# A value that Terraform hands over itself, for a source of type "local". It is
# in no plan and no state: when it changes, change its version too.
# Needs Terraform 1.11 or newer.
variable "github_token" {
  type      = string
  ephemeral = true
}

resource "sym_secrets" "local" {
  type = "local"
  name = "local"
}

resource "sym_secret" "github_token" {
  source_id = sym_secrets.local.id
  path      = "github-token"
  label     = "GitHub API token"

  value_wo         = var.github_token
  value_wo_version = 1
}
