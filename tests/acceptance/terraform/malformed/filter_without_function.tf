# expect: warning implementation There is no reducer named get_flows
resource "sym_flows_filter" "filter_without_function" {
  implementation = "x = 1"
}
