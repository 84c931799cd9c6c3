# expect: warning settings["api_token"] Did you mean api_token_secret?
resource "sym_integration" "integration_near_setting" {
  type        = "okta"
  name        = "integration_near_setting"
  external_id = "x"
  settings    = { api_token_secret = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10", api_token = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10" }
}
