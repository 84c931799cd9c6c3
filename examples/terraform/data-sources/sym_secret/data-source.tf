data "sym_secret" "okta_token" {
  path = "SYM_SECRET_OKTA_TOKEN"
}

output "source_id" {
  value = data.sym_secret.okta_token.source_id
}
