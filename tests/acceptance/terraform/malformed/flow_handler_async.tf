# expect: error implementation is an async function
resource "sym_flow" "flow_handler_async" {
  name           = "flow_handler_async"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    async def get_permissions(event):
        return None
  EOT
}
