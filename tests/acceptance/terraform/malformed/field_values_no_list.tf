# expect: error - list of string required
resource "sym_flow" "field_values_no_list" {
  name           = "field_values_no_list"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  params {
    prompt_field {
      name           = "a"
      type           = "string"
      allowed_values = "x"
    }
  }
}
