# expect: warning type Did you mean onelogin_role?
resource "sym_target" "target_unknown_type" {
  type = "onelogin"
  name = "target_unknown_type"
}
