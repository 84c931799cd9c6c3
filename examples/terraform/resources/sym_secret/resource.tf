resource "sym_secrets" "worker" {
  type = "env"
  name = "worker"
}

# Terraform knows where the secret is, never its value.
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
