# expect: warning label too long for a drop-down list
resource "sym_flow" "flow_label_too_long" {
  name           = "flow_label_too_long"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  label          = "long long long long long long long long long long long long "
}
