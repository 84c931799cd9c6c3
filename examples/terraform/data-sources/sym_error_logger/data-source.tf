data "sym_error_logger" "errors" {
  destination = "#sym-errors"
}

output "integration_id" {
  value = data.sym_error_logger.errors.integration_id
}
