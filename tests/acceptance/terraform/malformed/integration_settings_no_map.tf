# expect: error - map of string required
resource "sym_integration" "integration_settings_no_map" {
  type        = "custom"
  name        = "integration_settings_no_map"
  external_id = "x"
  settings    = "x"
}
