# expect: error implementation Line 1 of the flows filter
resource "sym_flows_filter" "filter_code_syntax" {
  implementation = "def get_flows(user:"
}
