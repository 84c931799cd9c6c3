# expect: warning type There is no sym_log_destination of type "kinesis"
resource "sym_log_destination" "log_destination_unknown_type" {
  type = "kinesis"
}
