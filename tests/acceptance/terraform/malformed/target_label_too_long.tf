# expect: warning label too long for a drop-down list
resource "sym_target" "target_label_too_long" {
  type     = "custom"
  name     = "target_label_too_long"
  label    = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
  settings = { identifier = "a" }
}
