# expect: error params[0].allow_revoke Access could never end
resource "sym_flow" "params_access_without_end" {
  name           = "params_access_without_end"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  params {
    allow_revoke          = false
    schedule_deescalation = false
  }
}
