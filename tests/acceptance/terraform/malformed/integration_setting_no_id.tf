# expect: warning settings["api_token_secret"] is not an id
resource "sym_integration" "integration_setting_no_id" {
  type        = "okta"
  name        = "integration_setting_no_id"
  external_id = "x"
  settings    = { api_token_secret = "hunter2" }
}
