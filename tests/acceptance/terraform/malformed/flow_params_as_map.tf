# expect: error - An argument named "params" is not expected here
resource "sym_flow" "flow_params_as_map" {
  name           = "flow_params_as_map"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = "x = 1"
  params         = { allow_revoke = true }
}
