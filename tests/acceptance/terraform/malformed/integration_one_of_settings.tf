# expect: error settings needs the setting "write_key_secret"
resource "sym_integration" "integration_one_of_settings" {
  type        = "segment"
  name        = "integration_one_of_settings"
  external_id = "x"
  settings    = {}
}
