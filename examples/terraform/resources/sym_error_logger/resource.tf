resource "sym_integration" "slack" {
  type        = "slack"
  name        = "main"
  external_id = "T123ABC"
}

resource "sym_error_logger" "errors" {
  integration_id = sym_integration.slack.id
  destination    = "#sym-errors"
}
