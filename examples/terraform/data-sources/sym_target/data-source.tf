data "sym_target" "admins" {
  type = "okta_group"
  name = "admins"
}

output "settings" {
  value = data.sym_target.admins.settings
}
