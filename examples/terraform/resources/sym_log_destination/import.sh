# By the name of its stream; or, without one, by its address in lower case, a dash for everything but letters and digits.
terraform import sym_log_destination.firehose kinesis_firehose:sym-audit
terraform import sym_log_destination.collector http:https-logs-example-com-sym
