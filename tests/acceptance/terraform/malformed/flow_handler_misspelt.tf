# expect: warning implementation There is no hook named on_aprove
resource "sym_flow" "flow_handler_misspelt" {
  name           = "flow_handler_misspelt"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None


    @hook
    def on_aprove(event):
        pass
  EOT
}
