resource "sym_integration" "slack" {
  type        = "slack"
  name        = "main"
  external_id = "T123ABC"
}

resource "sym_secrets" "worker" {
  type = "env"
  name = "worker"
}

resource "sym_secret" "okta_token" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_OKTA_TOKEN"
}

resource "sym_integration" "okta" {
  type        = "okta"
  name        = "main"
  external_id = "acme.okta.com"

  settings = {
    api_token_secret = sym_secret.okta_token.id
  }
}
