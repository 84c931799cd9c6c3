# expect: error settings needs the setting "api_token_secret"
resource "sym_integration" "integration_without_setting" {
  type        = "okta"
  name        = "integration_without_setting"
  external_id = "x"
  settings    = {}
}
