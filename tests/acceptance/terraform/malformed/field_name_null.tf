# expect: error params[0].prompt_field[0].name its value here is null
resource "sym_flow" "field_name_null" {
  name           = "field_name_null"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  params {
    prompt_field {
      name = null
      type = "string"
    }
  }
}
