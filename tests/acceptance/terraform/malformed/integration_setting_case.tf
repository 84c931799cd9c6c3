# expect: warning settings["region"] Letter case matters here: write "eu"
resource "sym_integration" "integration_setting_case" {
  type        = "knowbe4"
  name        = "integration_setting_case"
  external_id = "x"
  settings    = { api_token_secret = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10", region = "EU" }
}
