data "sym_flow" "access" {
  name = "access"
}

output "environment_id" {
  value = data.sym_flow.access.environment_id
}
