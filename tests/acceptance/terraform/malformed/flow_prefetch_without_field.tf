# expect: error implementation @prefetch does not say for which field
resource "sym_flow" "flow_prefetch_without_field" {
  name           = "flow_prefetch_without_field"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import prefetch, reducer


    @reducer
    def get_permissions(event):
        return None


    @prefetch
    def get_sizes(event):
        return []
  EOT
}
