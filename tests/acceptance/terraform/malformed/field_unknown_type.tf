# expect: error params[0].prompt_field[0].type Did you mean "string"?
resource "sym_flow" "field_unknown_type" {
  name           = "field_unknown_type"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  params {
    prompt_field {
      name = "a"
      type = "strng"
    }
  }
}
