# expect: warning params[0].allowed_sources[1] There is no source "email"
resource "sym_flow" "params_unknown_source" {
  name           = "params_unknown_source"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  params {
    allowed_sources = ["api", "email"]
  }
}
