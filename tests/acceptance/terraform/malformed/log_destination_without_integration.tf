# expect: error integration_id requires an integration
resource "sym_log_destination" "log_destination_without_integration" {
  type     = "kinesis_firehose"
  settings = { stream_name = "s" }
}
