# expect: warning type Did you mean okta?
resource "sym_integration" "integration_unknown_type" {
  type        = "oktaa"
  name        = "integration_unknown_type"
  external_id = "x"
  settings    = {}
}
