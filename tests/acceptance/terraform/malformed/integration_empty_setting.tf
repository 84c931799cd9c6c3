# expect: error settings needs the setting "api_token_secret"
resource "sym_integration" "integration_empty_setting" {
  type        = "okta"
  name        = "integration_empty_setting"
  external_id = "x"
  settings    = { api_token_secret = "" }
}
