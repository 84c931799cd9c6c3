# expect: error settings["secret_ids_json"] A JSON list of ids is needed
resource "sym_integration" "integration_secret_ids_no_list" {
  type        = "custom"
  name        = "integration_secret_ids_no_list"
  external_id = "x"
  settings    = { secret_ids_json = jsonencode({ a = 1 }) }
}
