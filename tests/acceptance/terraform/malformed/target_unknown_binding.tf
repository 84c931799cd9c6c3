# expect: warning field_bindings[1] There is no setting "size" to bind
resource "sym_target" "target_unknown_binding" {
  type           = "okta_group"
  name           = "target_unknown_binding"
  field_bindings = ["group_id", "size"]
}
