resource "sym_integration" "slack" {
  type        = "slack"
  name        = "main"
  external_id = "T123ABC"
}

resource "sym_error_logger" "errors" {
  integration_id = sym_integration.slack.id
  destination    = "#sym-errors"
}

resource "sym_log_destination" "collector" {
  type = "http"

  settings = {
    url = "https://logs.example.com/sym"
  }
}

resource "sym_runtime" "main" {
  name = "main"
}

resource "sym_environment" "production" {
  name            = "production"
  label           = "Production"
  runtime_id      = sym_runtime.main.id
  error_logger_id = sym_error_logger.errors.id

  log_destination_ids = [sym_log_destination.collector.id]

  # The flows' code finds this integration under "slack".
  integrations = {
    slack_id = sym_integration.slack.id
  }
}
