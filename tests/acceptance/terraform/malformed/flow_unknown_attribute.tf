# expect: error - An argument named "template" is not expected here
resource "sym_flow" "flow_unknown_attribute" {
  name           = "flow_unknown_attribute"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  template       = "sym:template:approval:1.0.0"
}
