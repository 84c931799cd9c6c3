data "sym_log_destination" "firehose" {
  type        = "kinesis_firehose"
  stream_name = "sym-audit"
}

output "integration_id" {
  value = data.sym_log_destination.firehose.integration_id
}
