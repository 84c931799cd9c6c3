# "acme:flow:access:latest"
output "flow" {
  value = provider::sym::build_srn("acme", "flow", null, "access", "latest")
}

# "acme:access_target:okta_group:admins:latest"
output "target" {
  value = provider::sym::build_srn("acme", "access_target", "okta_group", "admins", "latest")
}
