# expect: error - list of string required
resource "sym_target" "target_bindings_no_list" {
  type           = "custom"
  name           = "target_bindings_no_list"
  field_bindings = { a = "b" }
}
