# expect: error settings needs the setting "url"
resource "sym_log_destination" "log_destination_without_setting" {
  type = "http"
}
