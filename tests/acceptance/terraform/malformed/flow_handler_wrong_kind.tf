# expect: warning implementation so it is never called
resource "sym_flow" "flow_handler_wrong_kind" {
  name           = "flow_handler_wrong_kind"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None


    @reducer
    def on_approve(event):
        pass
  EOT
}
