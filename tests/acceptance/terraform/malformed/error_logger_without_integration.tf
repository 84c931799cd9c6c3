# expect: error - The argument "integration_id" is required
resource "sym_error_logger" "error_logger_without_integration" {
  destination = "#errors"
}
