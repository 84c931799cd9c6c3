locals {
  # organization = "acme", model = "access_target", type = "okta_group", slug = "admins", version = "latest",
  # identifier = null
  parts = provider::sym::parse_srn("acme:access_target:okta_group:admins:latest")
}

# "okta_group admins"
output "target" {
  value = "${local.parts.type} ${local.parts.slug}"
}
