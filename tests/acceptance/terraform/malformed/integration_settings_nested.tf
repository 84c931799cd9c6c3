# expect: error - string required
resource "sym_integration" "integration_settings_nested" {
  type        = "custom"
  name        = "integration_settings_nested"
  external_id = "x"
  settings    = { a = ["x"] }
}
