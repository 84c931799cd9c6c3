variable "durations" {
  description = "How long access may last."
  type        = list(string)
  default     = ["30m", "1h", "1d"]

  validation {
    condition     = alltrue([for text in var.durations : provider::sym::duration_seconds(text) <= 86400])
    error_message = "Access lasts one day at most."
  }
}

# 86400
output "longest" {
  value = max([for text in var.durations : provider::sym::duration_seconds(text)]...)
}
