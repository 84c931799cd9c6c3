# expect: error settings["secret_ids_json"] A JSON list of ids is needed
resource "sym_integration" "integration_secret_ids_no_json" {
  type        = "custom"
  name        = "integration_secret_ids_no_json"
  external_id = "x"
  settings    = { secret_ids_json = "[" }
}
