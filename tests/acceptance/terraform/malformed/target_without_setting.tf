# expect: error settings needs the setting "group_id"
resource "sym_target" "target_without_setting" {
  type = "okta_group"
  name = "target_without_setting"
}
