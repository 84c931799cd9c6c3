# The role that the worker takes on. The AWS connector module outputs these settings.
resource "sym_integration" "runtime" {
  type        = "permission_context"
  name        = "runtime"
  external_id = "123456789012"

  settings = {
    cloud    = "aws"
    region   = "us-east-1"
    role_arn = "arn:aws:iam::123456789012:role/sym/SymRuntime"
  }
}

resource "sym_log_destination" "firehose" {
  type           = "kinesis_firehose"
  integration_id = sym_integration.runtime.id

  settings = {
    stream_name = "sym-audit"
  }
}

# Needs no integration.
resource "sym_log_destination" "collector" {
  type = "http"

  settings = {
    url = "https://logs.example.com/sym"
  }
}
