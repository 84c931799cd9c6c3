# expect: warning settings["jsonkey"] Did you mean json_key?
resource "sym_secret" "secret_unknown_setting" {
  path      = "p"
  source_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  settings  = { jsonkey = "a" }
}
