# expect: error settings["region"] "mars" is not one of: us, eu, ca, uk, de
resource "sym_integration" "integration_setting_choice" {
  type        = "knowbe4"
  name        = "integration_setting_choice"
  external_id = "x"
  settings    = { api_token_secret = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10", region = "mars" }
}
