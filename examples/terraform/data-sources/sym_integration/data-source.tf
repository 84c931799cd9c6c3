data "sym_integration" "okta" {
  type = "okta"
  name = "main"
}

output "external_id" {
  value = data.sym_integration.okta.external_id
}
