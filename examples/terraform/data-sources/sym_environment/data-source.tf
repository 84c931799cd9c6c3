data "sym_environment" "production" {
  name = "production"
}

output "integrations" {
  value = data.sym_environment.production.integrations
}
