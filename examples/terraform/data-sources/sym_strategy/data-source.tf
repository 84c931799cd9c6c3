data "sym_strategy" "groups" {
  type = "okta"
  name = "groups"
}

output "targets" {
  value = data.sym_strategy.groups.targets
}
