# expect: error params[0].prompt_field[0].on_change Line 1 of on_change of size
resource "sym_flow" "field_on_change_syntax" {
  name           = "field_on_change_syntax"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  params {
    prompt_field {
      name      = "size"
      type      = "int"
      on_change = "def on_change_size(:"
    }
  }
}
