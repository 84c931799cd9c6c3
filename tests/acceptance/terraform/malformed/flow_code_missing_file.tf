# expect: error implementation looks like the name of a file
resource "sym_flow" "flow_code_missing_file" {
  name           = "flow_code_missing_file"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = "nowhere.py"
}
