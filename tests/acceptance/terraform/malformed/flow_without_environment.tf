# expect: error - The argument "environment_id" is required
resource "sym_flow" "flow_without_environment" {
  name           = "flow_without_environment"
  implementation = "x = 1"
}
