# expect: error - No more than 1 "params" blocks are allowed
resource "sym_flow" "params_twice" {
  name           = "params_twice"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  params {}
  params {
    allow_revoke = true
  }
}
