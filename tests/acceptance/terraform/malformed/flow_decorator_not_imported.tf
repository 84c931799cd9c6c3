# expect: warning implementation reducer is used but not imported
resource "sym_flow" "flow_decorator_not_imported" {
  name           = "flow_decorator_not_imported"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    @reducer
    def get_permissions(event):
        return None
  EOT
}
