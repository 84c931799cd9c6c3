# expect: warning vars["loud"] looks like a boolean
resource "sym_flow" "flow_vars_boolean" {
  name           = "flow_vars_boolean"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  vars           = { loud = true }
}
